package dev.ioloop.bench;

import dev.ioloop.IOLoop;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * A timer is added and one is cancelled while a million others wait, none of which comes due.
 * Delays are pseudo-random, the same for all, from one hour to two.
 */
public class TimerBenchmark extends LoopBenchmark {
  private static final int PENDING = 1_000_000;
  private static final int TIMES = 1_000_000;
  private static final int TIMES_PER_CALLBACK = 1_000;
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final Runnable NOTHING = () -> {};

  /** Wheel: Netty's HashedWheelTimer, used from another thread than its own. */
  @Param({"ioloop", "netty", "executor", "wheel"})
  public String peer;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Object[] pending = new Object[PENDING];
  private Timers timers;

  @Override
  void open() throws Exception {
    switch (peer) {
      case "ioloop" -> use(new Host.Ours(IOLoop.configurableDefault()));
      case "netty", "executor" -> use(Host.of(peer));
      case "wheel" -> {
        timers = Timers.of(Host.of(peer));
        use(new Host.Bare());
      }
      default -> throw unknown(peer);
    }
    if (timers == null) {
      timers = Timers.of(host());
    }
    host()
        .run(
            () -> {
              for (int i = 0; i < PENDING; i++) {
                pending[i] = add();
              }
              host().finish();
            });
  }

  /** The new timer is cancelled, like a timeout that guards a short wait. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long guard() throws Exception {
    return host().run(new Repeat(() -> timers.cancel(add())));
  }

  /** A random timer is cancelled and replaced, like a connection's idle timeout. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long replace() throws Exception {
    return host()
        .run(
            new Repeat(
                () -> {
                  int i = random.nextInt(PENDING);
                  timers.cancel(pending[i]);
                  pending[i] = add();
                }));
  }

  private Object add() {
    return timers.add(HOUR_NANOS + random.nextLong(HOUR_NANOS), NOTHING);
  }

  /** Repeats something, with a turn of the loop now and then. */
  private final class Repeat implements Runnable {
    private final Runnable operation;
    private int left = TIMES;

    Repeat(Runnable operation) {
      this.operation = operation;
    }

    @Override
    public void run() {
      for (int i = 0; i < TIMES_PER_CALLBACK; i++) {
        operation.run();
      }
      left -= TIMES_PER_CALLBACK;
      if (left > 0) {
        host().executor().execute(this);
      } else {
        host().finish();
      }
    }
  }
}
