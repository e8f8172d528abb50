package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine awaits a pending future a hundred calls deep, including the calls. */
public class DeepBenchmark extends LoopBenchmark {
  private static final int TIMES = 10_000;
  private static final int DEPTH = 100;

  /** As in {@link AwaitBenchmark}. */
  @Param({"ioloop-continuation", "ioloop-thread", "continuation", "kotlin", "virtual-thread"})
  public String peer;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours, () -> ours.loop.spawnCallback(() -> awaitDeep(ours)));
      }
      case "continuation" -> {
        RawContinuation.check();
        Host bare = new Host.Bare();
        use(bare, () -> suspendDeep(bare));
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.awaitDeep(TIMES, DEPTH, netty::finish));
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        use(threads, () -> joinDeep(threads));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long deep() throws Exception {
    return work();
  }

  private static void awaitDeep(Host.Ours ours) {
    for (int i = 0; i < TIMES; i++) {
      descend(ours.loop, DEPTH);
    }
    ours.finish();
  }

  private static int descend(IOLoop loop, int depth) {
    if (depth > 0) {
      return descend(loop, depth - 1) + 1;
    }
    Future<Integer> future = new Future<>();
    loop.addCallback(() -> future.setResult(1));
    return await(future);
  }

  private static void suspendDeep(Host host) {
    int[] left = {TIMES};
    Object continuation =
        RawContinuation.create(
            () -> {
              while (left[0]-- > 0) {
                descend(DEPTH);
              }
            });
    while (left[0] >= 0) {
      RawContinuation.run(continuation);
    }
    host.finish();
  }

  private static int descend(int depth) {
    if (depth > 0) {
      return descend(depth - 1) + 1;
    }
    RawContinuation.suspend();
    return 1;
  }

  private static void joinDeep(Host threads) {
    for (int i = 0; i < TIMES; i++) {
      descend(threads.executor(), DEPTH);
    }
    threads.finish();
  }

  private static int descend(Executor executor, int depth) {
    if (depth > 0) {
      return descend(executor, depth - 1) + 1;
    }
    CompletableFuture<Integer> future = new CompletableFuture<>();
    executor.execute(() -> future.complete(1));
    return future.join();
  }
}
