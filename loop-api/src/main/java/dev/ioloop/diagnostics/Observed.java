package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the watchdog sees of one loop, from its own thread, so that all may be a little old. Its
 * {@link #toString} is the loop's.
 */
public interface Observed {

  boolean isRunning();

  /** Returns after how long a block is reported; null if none is to be. */
  @Nullable Long limitNanos();

  /** Returns a number that changes with each iteration and each poll. */
  long progress();

  /** Returns whether the loop lives on a host. */
  boolean isHosted();

  /** Returns the thread that runs the loop, or the coroutine it waits for; null if none has yet. */
  @Nullable Thread presentThread();

  /** Returns whether a thread that is in these frames of a poll waits for events. */
  boolean waits(List<StackTraceElement> poll);

  /** Returns the fiber that runs now or ran last, or null. */
  @Nullable Fiber presentFiber();

  /** Returns the coroutine that has the loop now, or null. */
  @Nullable String presentCoroutine();

  /** Returns, in debug mode, the line that what runs now comes from, or null. */
  @Nullable String presentOrigin();

  /** Returns whether coroutines are suspended. */
  boolean hasSuspended();

  /** Returns whether the loop has work and was never started. */
  boolean hasWaitingWork();

  /** Gives the loop a callback that does nothing, which would show that it goes on. */
  void probe();

  /** Keeps what blocks or has blocked the loop; in place of what was kept last, if it is that. */
  void record(Blocked blocked, boolean replacesLast);

  /**
   * Shows the loop to JMX.
   *
   * @return what ends that
   * @throws IllegalStateException if it cannot be shown
   */
  Runnable register();
}
