package dev.ioloop;

/**
 * Keeps the monitors that a thread holds with that thread while continuations above them yield.
 *
 * <p>From JDK 24 on a yield takes along all fast-locked monitors of its thread, those of the frames
 * below the continuation too: code that starts a coroutine inside {@code synchronized} would lose
 * its monitor. HotSpot notes fast-locked monitors on a lock stack of eight entries per thread.
 * Where that is full, the next lock inflates the oldest entry, which then needs none any more. So
 * locking eight further objects inflates whatever the thread held before, and an inflated monitor
 * belongs to the thread and stays with it.
 *
 * <p>Each thread needs eight objects of its own. Between threads they would be contended and so
 * inflated themselves, and an inflated one takes no entry.
 */
final class HeldMonitors {

  /** Whether a yield of this JDK takes monitors along. Before JDK 24 a held monitor prevents it. */
  static final boolean TAKEN_BY_YIELD = Runtime.version().feature() >= 24;

  private final Object a = new Object();
  private final Object b = new Object();
  private final Object c = new Object();
  private final Object d = new Object();
  private final Object e = new Object();
  private final Object f = new Object();
  private final Object g = new Object();
  private final Object h = new Object();

  /** What the innermost block does, so that no compiler has a reason to drop it. */
  private int count;

  /** Inflates the monitors that the calling thread, whose own object this is, holds. */
  void keep() {
    synchronized (a) {
      synchronized (b) {
        synchronized (c) {
          synchronized (d) {
            synchronized (e) {
              synchronized (f) {
                synchronized (g) {
                  synchronized (h) {
                    count++;
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
