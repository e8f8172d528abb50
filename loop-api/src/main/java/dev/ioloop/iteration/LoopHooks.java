package dev.ioloop.iteration;

import org.jspecify.annotations.Nullable;

/**
 * What the iterations of a loop call in the layer above them. Its {@link #toString} is the loop's.
 * All methods are called on the loop's thread unless stated otherwise.
 */
public abstract class LoopHooks {

  /**
   * Handles an exception from user code. Rethrows an error that the loop must not survive.
   *
   * @param source what the loop called
   */
  protected abstract void failed(Object source, Throwable failure);

  /** Resets the context in which the last user code ran. */
  protected abstract void resetContext();

  /** Records the callback that runs now; null for none. Called in debug mode only. */
  protected abstract void setPresentCallback(@Nullable Runnable callback);

  protected abstract boolean isStopRequested();

  /** Returns whether the loop is closing. Any thread. */
  protected abstract boolean isClosing();

  /** Returns whether there are coroutines that have begun and not ended. */
  public abstract boolean hasCoroutines();
}
