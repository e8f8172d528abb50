package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;

/**
 * Finds, in debug mode, an {@code await} inside a synchronized block. From JDK 24 on such a
 * coroutine is suspended all the same and keeps the monitor, and the next one that wants it blocks
 * the loop for good.
 */
public final class MonitorCheck {

  /** Set by {@code -Ddev.ioloop.debug=true}. */
  public static final boolean ENABLED = Boolean.getBoolean("dev.ioloop.debug");

  private MonitorCheck() {}

  /**
   * Refuses to suspend the coroutine on this thread while its body holds a monitor.
   *
   * @throws IllegalStateException that names the line that holds it
   */
  public static void check() {
    long[] self = {Thread.currentThread().getId()};
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(self, true, false)[0];
    if (info == null) {
      return; // A virtual thread, which this JDK tells nothing about.
    }
    int depthOfBody = depthOfBody(info.getStackTrace());
    for (MonitorInfo monitor : info.getLockedMonitors()) {
      if (monitor.getLockedStackDepth() < depthOfBody) {
        throw new IllegalStateException(
            "await() inside synchronized at "
                + StackFrames.plain(monitor.getLockedStackFrame())
                + ": the monitor of "
                + monitor.getClassName()
                + " would stay taken; use dev.ioloop.locks to exclude other coroutines");
      }
    }
  }

  private static int depthOfBody(StackTraceElement[] stack) {
    for (int i = 0; i < stack.length; i++) {
      if (stack[i].getClassName().equals(Fiber.class.getName())) {
        return i;
      }
    }
    return stack.length;
  }
}
