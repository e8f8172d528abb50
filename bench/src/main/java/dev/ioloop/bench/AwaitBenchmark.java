package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * A coroutine awaits a pending future, which a callback posted before completes. The loop runs two
 * callbacks for it: that one, and the one that resumes the coroutine.
 */
public class AwaitBenchmark extends LoopBenchmark {
  static final int TIMES = 100_000;

  /**
   * Continuation: yield and run alone, without future or loop; the floor. Continuation-future: the
   * same with a minimal future and a minimal loop. Kotlin: takes its continuation and is resumed
   * through the event loop; -deferred: awaits Kotlin's future; -inline: is resumed in place where
   * that is the event loop's thread, as in Ktor; -blocking: on the loop of {@code runBlocking}.
   * Virtual-thread: joins a {@code CompletableFuture} that another one completes.
   */
  @Param({
    "ioloop-continuation",
    "ioloop-thread",
    "continuation",
    "continuation-future",
    "kotlin",
    "kotlin-deferred",
    "kotlin-inline",
    "kotlin-blocking",
    "virtual-thread"
  })
  public String peer;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours, () -> ours.loop.spawnCallback(() -> awaitFutures(ours)));
      }
      case "continuation" -> {
        RawContinuation.check();
        Host bare = new Host.Bare();
        use(bare, () -> suspend(bare));
      }
      case "continuation-future" -> {
        RawContinuation.check();
        Host bare = new Host.Bare();
        use(bare, new BareCoroutine(bare)::start);
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.awaitCallbacks(TIMES, netty::finish));
      }
      case "kotlin-deferred" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.awaitDeferreds(TIMES, netty::finish));
      }
      case "kotlin-inline" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.inline(netty.eventLoop);
        use(netty, () -> kotlin.awaitCallbacks(TIMES, netty::finish));
      }
      case "kotlin-blocking" -> {
        Host bare = new Host.Bare();
        use(
            bare,
            () ->
                Coroutines.blocking(
                    bare::finish, (kotlin, finish) -> kotlin.awaitDeferreds(TIMES, finish)));
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        use(threads, () -> joinFutures(threads));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long pending() throws Exception {
    return work();
  }

  private static void awaitFutures(Host.Ours ours) {
    IOLoop loop = ours.loop;
    for (int i = 0; i < TIMES; i++) {
      Future<Integer> future = new Future<>();
      loop.addCallback(() -> future.setResult(1));
      await(future);
    }
    ours.finish();
  }

  private static void joinFutures(Host threads) {
    Executor executor = threads.executor();
    for (int i = 0; i < TIMES; i++) {
      CompletableFuture<Integer> future = new CompletableFuture<>();
      executor.execute(() -> future.complete(1));
      future.join();
    }
    threads.finish();
  }

  /** {@link MomentBenchmark} compares with this, too. */
  static void suspend(Host host) {
    int[] left = {TIMES};
    Object continuation =
        RawContinuation.create(
            () -> {
              while (left[0]-- > 0) {
                RawContinuation.suspend();
              }
            });
    while (left[0] >= 0) {
      RawContinuation.run(continuation);
    }
    host.finish();
  }

  private static final class BareCoroutine implements Runnable {
    private final Host host;
    private final Executor executor;
    private Object continuation;

    BareCoroutine(Host host) {
      this.host = host;
      this.executor = host.executor();
    }

    void start() {
      continuation = RawContinuation.create(this::awaitFutures);
      run();
    }

    @Override
    public void run() {
      RawContinuation.run(continuation);
    }

    private void awaitFutures() {
      for (int i = 0; i < TIMES; i++) {
        BareFuture future = new BareFuture();
        executor.execute(() -> future.complete(executor, 1));
        future.waiter = this;
        RawContinuation.suspend();
      }
      host.finish();
    }
  }

  private static final class BareFuture {
    @Nullable Object result;
    Runnable waiter;

    void complete(Executor executor, Object value) {
      result = value;
      executor.execute(waiter);
    }
  }
}
