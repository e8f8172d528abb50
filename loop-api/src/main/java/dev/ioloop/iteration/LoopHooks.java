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

  /** Returns whether the loop is closed. Any thread. */
  protected abstract boolean isClosed();

  /** Returns whether coroutines have begun and not ended. */
  protected abstract boolean hasCoroutines();

  // The turns of a host

  /** Makes the loop that of the calling thread, which is the host's, until {@link #leaveTurn}. */
  protected abstract void enterTurn();

  /**
   * Gives the thread back to what it did before.
   *
   * @param staysCurrent whether the loop stays the running one there
   */
  protected abstract void leaveTurn(boolean staysCurrent);

  /** Says whether the next callback or timeout has to wake the host. */
  protected abstract void setDormant(boolean dormant);

  /** Returns whether the calling thread is inside a coroutine or a generator. */
  protected abstract boolean isInFiber();

  /** Cancels the coroutines of a closing loop. Returns whether that was the first call. */
  protected abstract boolean beginToUnwind();

  /** Ends the coroutines that are left. */
  protected abstract void endUnwinding();

  /** Unwinds the coroutines on the calling thread, and closes the loop then. */
  protected abstract void closeHere(boolean allHandles);

  /** Closes the loop, whose coroutines have ended. */
  protected abstract void closeNow(boolean allHandles);
}
