package dev.ioloop.fiber;

import org.jspecify.annotations.Nullable;

/**
 * A thread as seen by the fibers that run on it: which fiber is the innermost one, and what is
 * passed along when a thread and a fiber's own thread hand control to each other. A subclass knows
 * what that is.
 */
public abstract class Carrier {

  /**
   * The innermost fiber on this thread if {@link #inFiber}, else the last one. Keeping the last one
   * saves a reference store, and its GC barrier, each time the same fiber runs again.
   */
  private @Nullable Fiber lastFiber;

  private boolean inFiber;

  /** Null until needed. */
  private @Nullable HeldMonitors monitors;

  /** Returns the carrier of the calling thread, which need not be this one. */
  protected abstract Carrier ofThisThread();

  /** Returns what is passed along when the thread of this carrier resumes a fiber. */
  protected abstract @Nullable Object baggage();

  /** Restores what was passed along when control came back to the thread of this carrier. */
  protected abstract void restore(@Nullable Object baggage);

  /**
   * Takes the place of the thread that handed control to the thread of this carrier.
   *
   * @param from the carrier of the thread that waits from now on
   */
  protected abstract void takePlace(Carrier from, Thread thread, @Nullable Object baggage);

  /**
   * Gives the place back to the thread that waits for control.
   *
   * @return what is passed along
   */
  protected abstract @Nullable Object givePlace(Carrier to, Thread thread);

  /** Returns the innermost fiber that runs on this thread. */
  public final @Nullable Fiber fiber() {
    return inFiber ? lastFiber : null;
  }

  /** Makes {@code fiber} the innermost one. Returns the previous one, for {@link #leave}. */
  public final @Nullable Fiber enter(Fiber fiber) {
    Fiber outer = fiber();
    if (lastFiber != fiber) {
      lastFiber = fiber;
    }
    inFiber = true;
    return outer;
  }

  /** Makes {@code outer} the innermost fiber again. */
  public final void leave(@Nullable Fiber outer) {
    if (outer == null) {
      inFiber = false;
    } else {
      lastFiber = outer;
    }
  }

  /**
   * Keeps the monitors of the frames below with this thread, whichever continuation yields above
   * them. Must be called before a continuation is entered above frames that are not the loop's own.
   */
  public final void keepMonitors() {
    if (HeldMonitors.TAKEN_BY_YIELD) {
      if (monitors == null) {
        monitors = new HeldMonitors();
      }
      monitors.keep();
    }
  }
}
