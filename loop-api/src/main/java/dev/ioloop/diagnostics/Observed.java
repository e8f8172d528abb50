package dev.ioloop.diagnostics;

import dev.ioloop.fiber.Fiber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog's view of one loop, read on the watchdog's thread, so that all values may be
 * slightly old. Its {@link #toString} is the loop's.
 */
public interface Observed {

  boolean isRunning();

  /** Returns how long a block must last to be reported; null for no reports. */
  @Nullable Long limitNanos();

  /** Returns a number that changes with each iteration and each poll. */
  long progress();

  /** Returns whether the loop runs on a host. */
  boolean isHosted();

  /**
   * Returns the thread that runs the loop, or that of the coroutine the loop waits for; null if
   * none has run it yet.
   */
  @Nullable Thread presentThread();

  /** Returns whether a thread with these frames of a poll on its stack is waiting for events. */
  boolean waits(List<StackTraceElement> poll);

  /** Returns the fiber that runs now or ran last, or null. */
  @Nullable Fiber presentFiber();

  /** Returns the coroutine that runs on the loop now, or null. */
  @Nullable String presentCoroutine();

  /** Returns, in debug mode, the origin of what runs now, or null. */
  @Nullable String presentOrigin();

  /** Returns whether coroutines are suspended. */
  boolean hasSuspended();

  /** Returns whether the loop has work but was never started. */
  boolean hasWaitingWork();

  /** Posts a callback that does nothing, which shows that the loop makes progress. */
  void probe();

  /** Records a block of the loop; replaces the last one if it is the same. */
  void record(Blocked blocked, boolean replacesLast);

  /**
   * Registers the loop with JMX.
   *
   * @return an action that unregisters it
   * @throws IllegalStateException if it cannot be registered
   */
  Runnable register();
}
