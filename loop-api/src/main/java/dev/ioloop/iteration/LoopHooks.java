package dev.ioloop.iteration;

import org.jspecify.annotations.Nullable;

/**
 * What the iterations of a loop know of the loop: all that they call above themselves. Its {@link
 * #toString} is the loop's. On the loop's thread unless said.
 */
public abstract class LoopHooks {

  /**
   * Handles what a user's code threw. What no loop survives is thrown on.
   *
   * @param source what the loop called
   */
  protected abstract void failed(Object source, Throwable failure);

  /** Forgets what the code that has just run has set in its context. */
  protected abstract void resetContext();

  /** Notes what runs now; null for nothing. Called in debug mode only. */
  protected abstract void setPresentCallback(@Nullable Runnable callback);

  protected abstract boolean isStopRequested();

  /** Returns whether the loop is closing. Any thread. */
  protected abstract boolean isClosing();

  /** Returns whether coroutines have begun and not ended. */
  public abstract boolean hasCoroutines();
}
