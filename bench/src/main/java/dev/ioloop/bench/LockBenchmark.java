package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Releaser;
import dev.ioloop.queues.Queue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** A coroutine uses a lock or a queue that nobody else uses, which does not suspend it. */
public class LockBenchmark extends LoopBenchmark {
  private static final int TIMES = 500_000;

  /** Kotlin: {@code Mutex} and {@code Channel}. */
  @Param({"ioloop-continuation", "ioloop-thread", "kotlin"})
  public String peer;

  private Host.Ours ours;
  private Host.Netty netty;
  private Coroutines kotlin;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        use(ours);
      }
      case "kotlin" -> {
        netty = new Host.Netty();
        kotlin = Coroutines.dispatched(netty.eventLoop);
        use(netty);
      }
      default -> throw unknown(peer);
    }
  }

  /** Acquires a lock and gives it back. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long lock() throws Exception {
    return host()
        .run(
            kotlin == null
                ? () -> ours.loop.spawnCallback(this::useLock)
                : () -> kotlin.lock(TIMES, netty::finish));
  }

  /** Puts an item into a queue and gets it. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long queue() throws Exception {
    return host()
        .run(
            kotlin == null
                ? () -> ours.loop.spawnCallback(this::useQueue)
                : () -> kotlin.sendAndReceive(TIMES, netty::finish));
  }

  private void useLock() {
    Lock lock = new Lock();
    for (int i = 0; i < TIMES; i++) {
      try (Releaser held = await(lock.acquire())) {
        // Nothing, which is what is measured.
      }
    }
    ours.finish();
  }

  private void useQueue() {
    Queue<String> queue = new Queue<>();
    for (int i = 0; i < TIMES; i++) {
      await(queue.put("item"));
      await(queue.get());
    }
    ours.finish();
  }
}
