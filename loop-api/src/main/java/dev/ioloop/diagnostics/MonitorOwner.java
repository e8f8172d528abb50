package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.HeldMonitors;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out, for the watchdog, which thread owns the monitor that a loop's thread waits for. */
final class MonitorOwner {
  private static final String STARTER_WAITS =
      "; that thread resumed this coroutine inside synchronized and waits until it suspends, so"
          + " neither goes on";

  private MonitorOwner() {}

  /**
   * Returns a text about the owner of the monitor that blocks a thread of {@code loop}, or an empty
   * string.
   */
  static String describe(Observed loop, Thread blocked) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Fiber fiber = loop.presentFiber();
    List<Thread> waiting = fiber == null ? List.of() : fiber.waitingThreads();
    ThreadInfo info = threads.getThreadInfo(blocked.getId());
    if (info == null) {
      return virtual(threads, waiting);
    }
    LockInfo monitor = info.getLockInfo();
    long owner = info.getLockOwnerId();
    if (monitor != null && owner >= 0) {
      boolean ownerWaits = waiting.stream().anyMatch(thread -> thread.getId() == owner);
      return " waits for the monitor of a "
          + monitor.getClassName()
          + ", which thread \""
          + info.getLockOwnerName()
          + "\" owns"
          + (ownerWaits ? STARTER_WAITS : "");
    }
    // The JDK reports a thread that waits for a monitor without an owner as runnable, whereas the
    // thread itself still says that it is blocked.
    return HeldMonitors.TAKEN_BY_YIELD && blocked.getState() == Thread.State.BLOCKED
        ? " waits for a monitor that no running thread owns: a coroutine of "
            + (loop.hasSuspended() ? "this thread or of " : "")
            + "another loop holds it while it awaits, or a virtual thread does"
        : "";
  }

  /**
   * Describes the owner for a virtual thread: the JDK reports nothing about it, but something about
   * the threads that wait for it.
   */
  private static String virtual(ThreadMXBean threads, List<Thread> waiting) {
    for (Thread thread : waiting) {
      MonitorInfo held = heldBy(threads, thread);
      if (held != null) {
        return " waits for a monitor, perhaps that of a "
            + held.getClassName()
            + ", which thread \""
            + thread.getName()
            + "\" owns"
            + STARTER_WAITS;
      }
    }
    return "";
  }

  /** Returns the monitor that {@code thread} acquired last and still holds, or null. */
  private static @Nullable MonitorInfo heldBy(ThreadMXBean threads, Thread thread) {
    ThreadInfo info = threads.getThreadInfo(new long[] {thread.getId()}, true, false)[0];
    MonitorInfo[] held = info == null ? new MonitorInfo[0] : info.getLockedMonitors();
    return held.length == 0 ? null : held[0];
  }
}
