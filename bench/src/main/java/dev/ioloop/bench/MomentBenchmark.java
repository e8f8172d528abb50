package dev.ioloop.bench;

import dev.ioloop.Gen;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine waits for the loop's next iteration. */
public class MomentBenchmark extends LoopBenchmark {
  private static final int TIMES = AwaitBenchmark.TIMES;

  /**
   * Continuation: yield and run alone, the floor. Kotlin, and -blocking on the loop of {@code
   * runBlocking}: {@code yield()}. Virtual-thread: {@code Thread.yield()}.
   */
  @Param({
    "ioloop-continuation",
    "ioloop-thread",
    "continuation",
    "kotlin",
    "kotlin-blocking",
    "virtual-thread"
  })
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
      case "kotlin-blocking" -> {
        Host bare = new Host.Bare();
        use(
            bare,
            () ->
                Coroutines.blocking(
                    bare::finish, (kotlin, finish) -> kotlin.yieldRepeatedly(TIMES, finish)));
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        use(threads, () -> yieldThread(threads));
      }
      default -> throw unknown(peer);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long moment() throws Exception {
    return work();
  }

  private static void yieldThread(Host threads) {
    for (int i = 0; i < TIMES; i++) {
      Thread.yield();
    }
    threads.finish();
  }

  private static void awaitMoments(Host host) {
    for (int i = 0; i < TIMES; i++) {
      Gen.await(Gen.moment);
    }
    host.finish();
  }
}
