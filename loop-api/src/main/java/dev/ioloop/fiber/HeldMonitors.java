package dev.ioloop.fiber;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the monitors that a thread holds with that thread while continuations above them yield.
 *
 * <p>From JDK 24 on, a yield takes away all fast-locked monitors of its thread, including those of
 * the frames below the continuation. Code that starts a coroutine inside {@code synchronized} would
 * lose its monitor. HotSpot records fast-locked monitors on a lock stack of eight entries per
 * thread. If that is full, the next lock inflates the oldest entry, which then needs no entry any
 * more. So locking eight more objects inflates whatever the thread held before, and an inflated
 * monitor belongs to the thread and stays with it.
 *
 * <p>Each thread needs eight objects of its own. Objects shared by threads would be contended and
 * so inflated themselves, and an inflated one takes no entry.
 */
public final class HeldMonitors {

  /** The first JDK whose yields take monitors along. Before it, a held monitor prevents a yield. */
  private static final int FIRST_JDK = 24;

  /** The newest JDK that is tested. HeldMonitorsTest must pass before this is raised. */
  private static final int NEWEST_TESTED_JDK = 25;

  /** Whether yields take monitors along here. */
  public static final boolean TAKEN_BY_YIELD = Runtime.version().feature() >= FIRST_JDK;

  private final Object a = new Object();
  private final Object b = new Object();
  private final Object c = new Object();
  private final Object d = new Object();
  private final Object e = new Object();
  private final Object f = new Object();
  private final Object g = new Object();
  private final Object h = new Object();

  /** Changed by the innermost block, so that no compiler may remove it. */
  private int count;

  /**
   * Returns why it is unknown whether monitors are kept on a virtual machine, or null if it is
   * known.
   */
  static @Nullable String doubtOn(int feature, String vmName) {
    if (feature < FIRST_JDK || vmName.contains("HotSpot") || vmName.startsWith("OpenJDK ")) {
      return null;
    }
    return "\""
        + vmName
        + "\" is not HotSpot, so code that starts a coroutine inside synchronized may lose its"
        + " monitor";
  }

  /** Returns a note for users of a JDK that is newer than the tested ones, or null. */
  static @Nullable String remarkOn(int feature) {
    if (feature <= NEWEST_TESTED_JDK) {
      return null;
    }
    return "Continuations were tested up to JDK "
        + NEWEST_TESTED_JDK
        + ", and this is JDK "
        + feature
        + "; if code that starts a coroutine inside synchronized loses its monitor, set"
        + " -Ddev.ioloop.generator=thread";
  }

  /**
   * Inflates the monitors that the calling thread holds. This object must belong to that thread.
   */
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
