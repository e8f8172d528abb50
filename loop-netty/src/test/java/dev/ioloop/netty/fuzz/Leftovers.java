package dev.ioloop.netty.fuzz;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import java.io.File;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What was there before programs ran, to be compared with what is there after one. */
final class Leftovers {
  private static final File DESCRIPTORS = new File("/proc/self/fd");

  /** An end of TLS may linger for a second for a peer that does not read; machines are busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What the shared pools of TLS records may come to hold. */
  private static final long POOLED_BYTES = 8 << 20;

  private record Held(int descriptors, int coroutines, int timeouts) {
    static Held now() {
      LoopStats stats = IOLoop.current().stats();
      String[] open = DESCRIPTORS.list();
      return new Held(
          open == null ? 0 : open.length, stats.coroutinesSuspended(), stats.timeoutsPending());
    }

    boolean isMoreThan(Held other) {
      return descriptors > other.descriptors
          || coroutines > other.coroutines
          || timeouts > other.timeouts;
    }
  }

  private final Held before = Held.now();
  private final long directBefore = directBytes();

  /** Waits until nothing is held that was not held before. */
  void check() {
    long begin = System.nanoTime();
    Held now = Held.now();
    while (now.isMoreThan(before)) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new Difference("left behind: " + now + ", before: " + before);
      }
      await(sleep(Duration.ofMillis(1)));
      now = Held.now();
    }
  }

  /** As {@link #check}, for direct buffers, which the collector frees. */
  void checkMemory() {
    long begin = System.nanoTime();
    while (directBytes() > directBefore + POOLED_BYTES) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new Difference(
            "direct buffers of " + directBytes() + " bytes, before: " + directBefore);
      }
      System.gc();
      await(sleep(Duration.ofMillis(20)));
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
