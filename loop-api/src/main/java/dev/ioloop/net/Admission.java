package dev.ioloop.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections a server may have at the same time, on all of its loops together. A listener
 * asks before it accepts; one that is refused waits, and is told when there may be room. Safe to
 * use from any thread.
 */
final class Admission {
  private final AtomicInteger admitted = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Zero for no limit. */
  private volatile int max;

  void setMax(int max) {
    this.max = max;
    wakeAll();
  }

  /** Takes a place, which {@link #leave} gives back; returns whether there was one. */
  boolean enter() {
    int limit = max;
    if (admitted.incrementAndGet() <= limit || limit == 0) {
      return true;
    }
    admitted.decrementAndGet();
    return false;
  }

  void leave() {
    admitted.decrementAndGet();
    wakeAll();
  }

  /** Runs {@code callback} once there may be room, on any thread. */
  void whenRoom(Runnable callback) {
    waiting.add(callback);
    int limit = max;
    if (limit == 0 || admitted.get() < limit) {
      wakeAll(); // The last one may have left before it could see who waits.
    }
  }

  private void wakeAll() {
    for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
