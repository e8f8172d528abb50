package dev.ioloop.bench;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;

import dev.ioloop.Future;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * A callback starts a coroutine, which awaits a pending future and ends. The loop runs three
 * callbacks for it: the one that starts it, one that completes the future, and the one that resumes
 * it; it posts the start of the next one.
 */
public class SpawnBenchmark extends LoopBenchmark {
  private static final int TIMES = 100_000;

  /**
   * Continuation: made, run, left and run to its end, without future or loop; the floor. Kotlin:
   * launched in place, takes its continuation, and is resumed through the event loop; -deferred:
   * launched through the event loop, awaits Kotlin's future; -inline: as the first, but resumed in
   * place where that is the event loop's thread, as in Ktor; -blocking: on the loop of {@code
   * runBlocking}. Virtual-thread: joins a {@code CompletableFuture}, and starts the next one.
   */
  @Param({
    "ioloop-continuation",
    "ioloop-thread",
    "continuation",
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
        use(ours, () -> new Spawner(ours).run());
      }
      case "continuation" -> {
        RawContinuation.check();
        Host bare = new Host.Bare();
        use(bare, () -> makeContinuations(bare));
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.launchAndAwaitCallback(TIMES, netty::finish));
      }
      case "kotlin-deferred" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.launchAndAwaitDeferred(TIMES, netty::finish));
      }
      case "kotlin-inline" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.inline(netty.eventLoop);
        use(netty, () -> kotlin.launchAndAwaitCallback(TIMES, netty::finish));
      }
      case "kotlin-blocking" -> {
        Host bare = new Host.Bare();
        use(
            bare,
            () ->
                Coroutines.blocking(
                    bare::finish,
                    (kotlin, finish) -> kotlin.launchAndAwaitDeferred(TIMES, finish)));
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        use(threads, () -> startNext(threads, TIMES));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long spawn() throws Exception {
    return work();
  }

  private static void makeContinuations(Host host) {
    for (int i = 0; i < TIMES; i++) {
      Object continuation = RawContinuation.create(RawContinuation::suspend);
      RawContinuation.run(continuation);
      RawContinuation.run(continuation);
    }
    host.finish();
  }

  private static void startNext(Host threads, int left) {
    if (left == 0) {
      threads.finish();
      return;
    }
    CompletableFuture<Integer> future = new CompletableFuture<>();
    threads.executor().execute(() -> future.complete(1));
    int one = future.join();
    threads.executor().execute(() -> startNext(threads, left - one));
  }

  private static final class Spawner implements Runnable {
    private final Host.Ours ours;
    private int left = TIMES;

    Spawner(Host.Ours ours) {
      this.ours = ours;
    }

    /** Looks here for the end, and not in the body: whose code would be compiled without that. */
    @Override
    public void run() {
      if (left > 0) {
        coroutine(this::awaitOnce);
      } else {
        ours.finish();
      }
    }

    private void awaitOnce() {
      Future<Integer> future = new Future<>();
      ours.loop.addCallback(() -> future.setResult(1));
      left -= await(future);
      ours.loop.addCallback(this);
    }
  }
}
