package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine awaits a future that is done, which does not suspend it. */
public class DoneBenchmark extends LoopBenchmark {
  private static final int TIMES = 1_000_000;

  /** Kotlin: awaits a {@code Deferred}. Call: calls a method that is not inlined; the floor. */
  @Param({"ioloop-continuation", "ioloop-thread", "kotlin", "call"})
  public String peer;

  /** Consumes the results, so that they are not optimized away. */
  private long sum;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours, () -> ours.loop.spawnCallback(() -> awaitDone(ours)));
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.awaitDone(TIMES, netty::finish));
      }
      case "call" -> {
        Host bare = new Host.Bare();
        use(bare, () -> makeCalls(bare));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long done() throws Exception {
    return work();
  }

  private void awaitDone(Host host) {
    Future<Integer> future = new Future<>();
    future.setResult(1);
    for (int i = 0; i < TIMES; i++) {
      sum += await(future);
    }
    host.finish();
  }

  private void makeCalls(Host host) {
    for (int i = 0; i < TIMES; i++) {
      sum += call();
    }
    host.finish();
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  int call() {
    return 1;
  }
}
