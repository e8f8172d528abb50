package dev.ioloop.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the open connections of a server, over all its loops. A listener asks before it accepts; a
 * refused listener waits and is called back when there may be room. Safe to use from any thread.
 */
final class Admission {
  private final AtomicInteger admitted = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Zero means no limit. */
  private volatile int max;

  void setMax(int max) {
    this.max = max;
    wakeAll();
  }

  /** Takes a place if one is free, and returns whether it did. {@link #leave} gives it back. */
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

  /** Runs {@code callback} once when there may be room, on any thread. */
  void whenRoom(Runnable callback) {
    waiting.add(callback);
    int limit = max;
    if (limit == 0 || admitted.get() < limit) {
      wakeAll(); // The last place may have been given back before this callback was visible.
    }
  }

  private void wakeAll() {
    for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
