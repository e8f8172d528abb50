package dev.ioloop.fiber;

import org.jspecify.annotations.Nullable;

/**
 * One thread, as the fibers see it that run on it: which of them is the innermost one, and what
 * goes along with a turn that fibers on threads of their own hand over. What that is, a subclass
 * knows.
 */
public abstract class Carrier {

  /**
   * The innermost fiber on this thread, if {@link #inFiber}; else the one that was there last. So a
   * fiber that runs again and again costs no store of a reference, which the collector would watch.
   */
  private @Nullable Fiber lastFiber;

  private boolean inFiber;

  /** Null until it is needed. */
  private @Nullable HeldMonitors monitors;

  /** Returns the carrier of the calling thread, which need not be this one. */
  protected abstract Carrier ofThisThread();

  /** Returns what a turn takes along that the thread of this carrier gives to a fiber. */
  protected abstract @Nullable Object baggage();

  /** Takes back what a turn has brought that comes back to the thread of this carrier. */
  protected abstract void restore(@Nullable Object baggage);

  /**
   * Takes the place of another thread, which has given its turn to the thread of this carrier.
   *
   * @param from the carrier of the thread that waits from now on
   */
  protected abstract void takePlace(Carrier from, Thread thread, @Nullable Object baggage);

  /**
   * Leaves the place to the thread that waits for its turn.
   *
   * @return what the turn takes along
   */
  protected abstract @Nullable Object givePlace(Carrier to, Thread thread);

  /** Returns the innermost fiber that runs on this thread. */
  public final @Nullable Fiber fiber() {
    return inFiber ? lastFiber : null;
  }

  /** Makes {@code fiber} the innermost one, and returns the one before, for {@link #leave}. */
  public final @Nullable Fiber enter(Fiber fiber) {
    Fiber outer = fiber();
    if (lastFiber != fiber) {
      lastFiber = fiber;
    }
    inFiber = true;
    return outer;
  }

  /** Goes back to the fiber that was the innermost one before. */
  public final void leave(@Nullable Fiber outer) {
    if (outer == null) {
      inFiber = false;
    } else {
      lastFiber = outer;
    }
  }

  /**
   * Keeps the monitors of the frames below with this thread, whichever continuation yields above
   * them. To be called before continuations are entered below frames that are not the loop's own.
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
