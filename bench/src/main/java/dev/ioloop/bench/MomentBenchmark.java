package dev.ioloop.bench;

import dev.ioloop.Gen;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine lets the loop go round once. */
public class MomentBenchmark extends LoopBenchmark {
  private static final int TIMES = AwaitBenchmark.TIMES;

  /** Continuation: yield and run alone, the floor. Kotlin: {@code yield()}. */
  @Param({"ioloop-continuation", "ioloop-thread", "continuation", "kotlin"})
  public String peer;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours, () -> ours.loop.spawnCallback(() -> awaitMoments(ours)));
      }
      case "continuation" -> {
        RawContinuation.check();
        Host bare = new Host.Bare();
        use(bare, () -> AwaitBenchmark.suspend(bare));
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        Coroutines kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty, () -> kotlin.yieldRepeatedly(TIMES, netty::finish));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long moment() throws Exception {
    return work();
  }

  private static void awaitMoments(Host host) {
    for (int i = 0; i < TIMES; i++) {
      Gen.await(Gen.moment);
    }
    host.finish();
  }
}
