package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Gen;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Releaser;
import dev.ioloop.queues.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * A lock or a queue, used by one coroutine alone, which does not suspend it, or by two together,
 * which does.
 */
public class LockBenchmark extends LoopBenchmark {
  private static final int TIMES = 500_000;
  private static final int HAND_OVERS = 10_000;

  /**
   * Kotlin: {@code Mutex} and {@code Channel}. Virtual-thread: {@code ReentrantLock} and {@code
   * ArrayBlockingQueue}.
   */
  @Param({"ioloop-continuation", "ioloop-thread", "kotlin", "virtual-thread"})
  public String peer;

  private Users users;

  @Override
  void open() {
    switch (peer) {
      case "ioloop-continuation", "ioloop-thread" -> {
        Host.Ours ours = Host.Ours.withGenerator(peer.substring(OURS.length()));
        users = new Ours(ours);
        use(ours);
      }
      case "kotlin" -> {
        Host.Netty netty = new Host.Netty();
        users = new Kotlin(Coroutines.dispatched(netty.eventLoop), netty);
        use(netty);
      }
      case "virtual-thread" -> {
        Host threads = Host.of(peer);
        users = new VirtualThreads(threads);
        use(threads);
      }
      default -> throw unknown(peer);
    }
  }

  /** One coroutine acquires and releases a lock repeatedly. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long lock() throws Exception {
    return host().run(() -> users.lock(TIMES));
  }

  /** One coroutine puts an item into a queue and gets it, repeatedly. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long queue() throws Exception {
    return host().run(() -> users.putAndGet(TIMES));
  }

  /**
   * Two coroutines alternate with a lock: one holds it for a turn of the loop, the other waits for
   * it.
   */
  @Benchmark
  @OperationsPerInvocation(HAND_OVERS)
  public long lockHandOver() throws Exception {
    return host().run(() -> users.handOver(HAND_OVERS));
  }

  /** One coroutine puts items into a queue of one, and another takes them. */
  @Benchmark
  @OperationsPerInvocation(HAND_OVERS)
  public long queueHandOver() throws Exception {
    return host().run(() -> users.transfer(HAND_OVERS));
  }

  /** The user of locks and queues. Each method begins a run, and the host's finish() ends it. */
  private interface Users {
    void lock(int times);

    void putAndGet(int times);

    void handOver(int times);

    void transfer(int times);
  }

  private record Ours(Host.Ours host) implements Users {
    @Override
    public void lock(int times) {
      host.loop.spawnCallback(
          () -> {
            Lock lock = new Lock();
            for (int i = 0; i < times; i++) {
              try (Releaser held = await(lock.acquire())) {
                // Nothing, because only the locking is measured.
              }
            }
            host.finish();
          });
    }

    @Override
    public void putAndGet(int times) {
      host.loop.spawnCallback(
          () -> {
            Queue<String> queue = new Queue<>();
            for (int i = 0; i < times; i++) {
              await(queue.put("item"));
              await(queue.get());
            }
            host.finish();
          });
    }

    @Override
    public void handOver(int times) {
      Lock lock = new Lock();
      int[] left = {times};
      for (int user = 0; user < 2; user++) {
        host.loop.spawnCallback(
            () -> {
              for (int i = 0; i < times / 2; i++) {
                try (Releaser held = await(lock.acquire())) {
                  await(Gen.moment);
                }
              }
              left[0] -= times / 2;
              if (left[0] == 0) {
                host.finish();
              }
            });
      }
    }

    @Override
    public void transfer(int times) {
      Queue<String> queue = new Queue<>(1);
      host.loop.spawnCallback(
          () -> {
            for (int i = 0; i < times; i++) {
              await(queue.put("item"));
            }
          });
      host.loop.spawnCallback(
          () -> {
            for (int i = 0; i < times; i++) {
              await(queue.get());
            }
            host.finish();
          });
    }
  }

  private record Kotlin(Coroutines kotlin, Host host) implements Users {
    @Override
    public void lock(int times) {
      kotlin.lock(times, host::finish);
    }

    @Override
    public void putAndGet(int times) {
      kotlin.sendAndReceive(times, host::finish);
    }

    @Override
    public void handOver(int times) {
      kotlin.handOver(times, host::finish);
    }

    @Override
    public void transfer(int times) {
      kotlin.transfer(times, host::finish);
    }
  }

  private record VirtualThreads(Host host) implements Users {
    @Override
    public void lock(int times) {
      ReentrantLock lock = new ReentrantLock();
      for (int i = 0; i < times; i++) {
        lock.lock();
        lock.unlock();
      }
      host.finish();
    }

    @Override
    public void putAndGet(int times) {
      BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
      for (int i = 0; i < times; i++) {
        put(queue);
        take(queue);
      }
      host.finish();
    }

    @Override
    public void handOver(int times) {
      ReentrantLock lock = new ReentrantLock(true);
      AtomicInteger left = new AtomicInteger(times);
      Runnable user =
          () -> {
            for (int i = 0; i < times / 2; i++) {
              lock.lock();
              try {
                Thread.yield();
              } finally {
                lock.unlock();
              }
            }
            if (left.addAndGet(-times / 2) == 0) {
              host.finish();
            }
          };
      host.executor().execute(user);
      host.executor().execute(user);
    }

    @Override
    public void transfer(int times) {
      BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
      host.executor()
          .execute(
              () -> {
                for (int i = 0; i < times; i++) {
                  put(queue);
                }
              });
      host.executor()
          .execute(
              () -> {
                for (int i = 0; i < times; i++) {
                  take(queue);
                }
                host.finish();
              });
    }

    private static void put(BlockingQueue<String> queue) {
      try {
        queue.put("item");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void take(BlockingQueue<String> queue) {
      try {
        queue.take();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
