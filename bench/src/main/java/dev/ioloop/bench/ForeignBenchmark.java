package dev.ioloop.bench;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Callbacks posted by other threads, and the time that a sleeping loop needs to run one. */
public class ForeignBenchmark extends LoopBenchmark {
  private static final int TIMES = 200_000;
  private static final int WAKE_UPS = 1_000;

  /** Long enough for any loop to fall asleep. */
  private static final long IDLE_NANOS = 150_000;

  @Param({
    "ioloop-epoll",
    "ioloop-io_uring",
    "ioloop-nio",
    "ioloop-hosted",
    "netty",
    "netty-io_uring",
    "netty-nio",
    "vertx",
    "executor"
  })
  public String peer;

  private final ExecutorService producers =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "producer");
            thread.setDaemon(true);
            return thread;
          });

  /** The callbacks still to come, counted by the loop's thread. */
  private int left;

  /** The wake-ups that the loop has answered. */
  private volatile int answered;

  private long latencies;

  @Override
  void open() {
    use(Host.of(peer));
  }

  /** One thread posts, without a pause. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long one() throws Exception {
    return post(1);
  }

  /** Four threads post, without a pause. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long four() throws Exception {
    return post(4);
  }

  private long post(int threads) throws Exception {
    Executor loop = host().executor();
    Runnable count = this::count;
    Runnable producer =
        () -> {
          for (int i = 0; i < TIMES / threads; i++) {
            loop.execute(count);
          }
        };
    return host()
        .run(
            () -> {
              left = TIMES;
              for (int i = 0; i < threads; i++) {
                producers.execute(producer);
              }
            });
  }

  private void count() {
    if (--left == 0) {
      host().finish();
    }
  }

  /**
   * One thread posts a callback now and then, and waits until it has run. Returns how long that
   * took.
   */
  @Benchmark
  @OperationsPerInvocation(WAKE_UPS)
  public long wake() throws Exception {
    host().run(() -> producers.execute(this::wakeRepeatedly));
    return latencies;
  }

  private void wakeRepeatedly() {
    Executor loop = host().executor();
    latencies = 0;
    for (int i = 1; i <= WAKE_UPS; i++) {
      int number = i;
      long idleSince = System.nanoTime();
      while (System.nanoTime() - idleSince < IDLE_NANOS) {
        Thread.onSpinWait();
      }
      long begin = System.nanoTime();
      loop.execute(() -> answered = number);
      while (answered != number) {
        Thread.onSpinWait();
      }
      latencies += System.nanoTime() - begin;
    }
    loop.execute(host()::finish);
  }
}
