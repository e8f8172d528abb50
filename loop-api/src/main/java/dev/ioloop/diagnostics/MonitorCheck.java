package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;

/**
 * Detects, in debug mode, an {@code await} inside a synchronized block. From JDK 24 on, such a
 * coroutine can be suspended and keeps the monitor; the next coroutine that wants it blocks the
 * loop forever.
 */
public final class MonitorCheck {

  /** Set by {@code -Ddev.ioloop.debug=true}. */
  public static final boolean ENABLED = Boolean.getBoolean("dev.ioloop.debug");

  private MonitorCheck() {}

  /**
   * Refuses to suspend the coroutine on this thread while its body holds a monitor.
   *
   * @throws IllegalStateException if it holds one; the message names the line
   */
  public static void check() {
    long[] self = {Thread.currentThread().getId()};
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(self, true, false)[0];
    if (info == null) {
      return; // A virtual thread, about which this JDK reports nothing.
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
