package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** What one thread is doing as far as loops and coroutines are concerned. */
final class ThreadState {
  private static final ThreadLocal<ThreadState> STATES = ThreadLocal.withInitial(ThreadState::new);

  /** The loop that {@link IOLoop#current()} gives on this thread. */
  @Nullable IOLoop current;

  /** The loop whose {@link IOLoop#start} is below on this thread's stack. */
  @Nullable IOLoop running;

  /** The context of the code that runs on this thread; null where nothing was set. */
  @Nullable Context context;

  /** The future whose next dependent is our own and does not look at the outcome. */
  @Nullable Future<?> unlooked;

  /** The ends of futures that the JDK tells this thread of at present. */
  @Nullable Endings endings;

  /**
   * The innermost fiber on this thread, if {@link #inFiber}; else the one that was there last. So a
   * fiber that runs again and again costs no store of a reference, which the collector would watch.
   */
  private @Nullable Fiber lastFiber;

  private boolean inFiber;

  /** Null until it is needed. */
  private @Nullable HeldMonitors monitors;

  private ThreadState() {}

  static ThreadState get() {
    return STATES.get();
  }

  /** Returns the innermost coroutine or generator that runs on this thread. */
  @Nullable Fiber fiber() {
    return inFiber ? lastFiber : null;
  }

  /** Makes {@code fiber} the innermost one, and returns the one before, for {@link #leave}. */
  @Nullable Fiber enter(Fiber fiber) {
    Fiber outer = fiber();
    if (lastFiber != fiber) {
      lastFiber = fiber;
    }
    inFiber = true;
    return outer;
  }

  /**
   * Keeps the monitors of the frames below with this thread, whichever continuation yields above
   * them. To be called before continuations are entered below frames that are not the loop's own.
   */
  void keepMonitors() {
    if (HeldMonitors.TAKEN_BY_YIELD) {
      if (monitors == null) {
        monitors = new HeldMonitors();
      }
      monitors.keep();
    }
  }

  /** Goes back to the fiber that was the innermost one before. */
  void leave(@Nullable Fiber outer) {
    if (outer == null) {
      inFiber = false;
    } else {
      lastFiber = outer;
    }
  }
}
