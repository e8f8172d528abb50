package dev.ioloop.netty.fuzz;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import java.io.File;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

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
      return new Held(
          openDescriptors().size(), stats.coroutinesSuspended(), stats.timeoutsPending());
    }

    /**
     * Returns what each descriptor is, by its number, where the system tells. Files are left out:
     * the JVM opens a jar when it first needs a class of it, and keeps it open.
     */
    static Map<String, String> openDescriptors() {
      Map<String, String> targets = new TreeMap<>();
      String[] open = DESCRIPTORS.list();
      for (String each : open == null ? new String[0] : open) {
        try {
          String target = Files.readSymbolicLink(DESCRIPTORS.toPath().resolve(each)).toString();
          if (!target.startsWith("/")) {
            targets.put(each, target);
          }
        } catch (IOException e) {
          // It was closed meanwhile, as that of the list always is.
        }
      }
      return targets;
    }

    boolean isMoreThan(Held other) {
      return descriptors > other.descriptors
          || coroutines > other.coroutines
          || timeouts > other.timeouts;
    }
  }

  private final Held before = Held.now();
  private final Map<String, String> descriptorsBefore = Held.openDescriptors();
  private final long directBefore = directBytes();

  /** Waits until nothing is held that was not held before. */
  void check() {
    long begin = System.nanoTime();
    Held now = Held.now();
    while (now.isMoreThan(before)) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        Map<String, String> added = Held.openDescriptors();
        added.entrySet().removeAll(descriptorsBefore.entrySet());
        throw new Difference("left behind: " + now + ", before: " + before + ", new: " + added);
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
