package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine awaits a hundred futures together, each completed by a callback. */
public class MultiBenchmark extends LoopBenchmark {
  private static final int TIMES = 100;
  private static final int MANY = 100;

  /** Kotlin: {@code awaitAll}. Virtual-thread: {@code CompletableFuture.allOf}. */
  @Param({"ioloop-continuation", "ioloop-thread", "kotlin", "virtual-thread"})
  public String peer;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours, () -> ours.loop.spawnCallback(() -> awaitMulti(ours)));
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.awaitAll(TIMES, MANY, netty::finish));
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        use(threads, () -> joinAll(threads));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long multi() throws Exception {
    return work();
  }

  private static void awaitMulti(Host.Ours ours) {
    for (int i = 0; i < TIMES; i++) {
      List<Future<Integer>> futures = new ArrayList<>(MANY);
      for (int j = 0; j < MANY; j++) {
        Future<Integer> future = new Future<>();
        futures.add(future);
        ours.loop.addCallback(() -> future.setResult(1));
      }
      await(Gen.multi(futures));
    }
    ours.finish();
  }

  private static void joinAll(Host threads) {
    for (int i = 0; i < TIMES; i++) {
      CompletableFuture<?>[] futures = new CompletableFuture<?>[MANY];
      for (int j = 0; j < MANY; j++) {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        futures[j] = future;
        threads.executor().execute(() -> future.complete(1));
      }
      CompletableFuture.allOf(futures).join();
    }
    threads.finish();
  }
}
