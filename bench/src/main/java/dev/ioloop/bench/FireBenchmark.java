package dev.ioloop.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * 100,000 timers come due within a fifth of a second, at pseudo-random times in nanoseconds, the
 * same for all. One that comes early is an error.
 */
public class FireBenchmark extends LoopBenchmark {
  private static final int TIMES = 100_000;
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
  private static final long SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Wheel: Netty's HashedWheelTimer with steps of a millisecond. */
  @Param({"ioloop-epoll", "ioloop-nio", "netty", "netty-nio", "vertx", "executor", "wheel"})
  public String peer;

  private Timers timers;
  private int left;
  private int early;
  private long cpuNanos;
  private long lateNanos;

  @Override
  void open() {
    use(Host.of(peer));
    timers = Timers.of(host());
  }

  /** Returns the CPU time of the loop's thread from when all were set. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long fire() throws Exception {
    setAndWait();
    return cpuNanos;
  }

  /** Returns by how much the timers were late, all together. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long late() throws Exception {
    setAndWait();
    return lateNanos;
  }

  private void setAndWait() throws Exception {
    host().run(this::setAll);
    if (early > 0) {
      throw new IllegalStateException(early + " timers came early");
    }
  }

  private void setAll() {
    SplittableRandom random = new SplittableRandom(1);
    left = TIMES;
    lateNanos = 0;
    for (int i = 0; i < TIMES; i++) {
      long delay = FIRST_NANOS + random.nextLong(SPREAD_NANOS);
      long due = System.nanoTime() + delay;
      timers.add(delay, () -> fired(due));
    }
    cpuNanos = -THREADS.getCurrentThreadCpuTime();
  }

  private void fired(long due) {
    long late = System.nanoTime() - due;
    if (late < 0) {
      early++;
    }
    lateNanos += late;
    if (--left == 0) {
      cpuNanos += THREADS.getCurrentThreadCpuTime();
      host().finish();
    }
  }
}
