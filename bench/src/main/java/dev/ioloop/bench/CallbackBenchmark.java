package dev.ioloop.bench;

import java.util.concurrent.Executor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Callbacks posted by the loop's own thread. */
public class CallbackBenchmark extends LoopBenchmark {
  private static final int TIMES = 1_000_000;
  private static final int BATCH = 1_000;

  /** Executor: the JDK's ScheduledThreadPoolExecutor. Deque: no loop at all, the floor. */
  @Param({
    "ioloop-epoll",
    "ioloop-io_uring",
    "ioloop-nio",
    "ioloop-hosted",
    "netty",
    "netty-io_uring",
    "netty-nio",
    "vertx",
    "executor",
    "deque"
  })
  public String peer;

  @Override
  void open() {
    use(Host.of(peer));
  }

  /** A callback that posts itself again. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long chain() throws Exception {
    return host().run(new Chain(host()));
  }

  /** A callback that posts 1,000, the last of which is itself. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long batch() throws Exception {
    return host().run(new Batch(host()));
  }

  private static final class Chain implements Runnable {
    private final Host host;
    private final Executor executor;
    private int left = TIMES;

    Chain(Host host) {
      this.host = host;
      this.executor = host.executor();
    }

    @Override
    public void run() {
      if (--left > 0) {
        executor.execute(this);
      } else {
        host.finish();
      }
    }
  }

  private static final class Batch implements Runnable {
    private final Host host;
    private final Executor executor;
    private final Runnable count = this::count;
    private int left = TIMES;

    Batch(Host host) {
      this.host = host;
      this.executor = host.executor();
    }

    @Override
    public void run() {
      count();
      if (left > 0) {
        for (int i = 1; i < BATCH; i++) {
          executor.execute(count);
        }
        executor.execute(this);
      } else {
        host.finish();
      }
    }

    private void count() {
      left--;
    }
  }
}
