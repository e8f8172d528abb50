package dev.ioloop;

import java.util.function.Consumer;

/**
 * How a loop calls what a user gave it: whatever that throws is handled, and what it sets in its
 * context is seen by nobody else. Callbacks, timeouts, the handlers of channels and the beats of a
 * {@link PeriodicCallback} are called by {@link #run}. Done callbacks, which are called below other
 * code, by {@link #tell}; the events of streams reach a user in no other way.
 */
final class Calls {
  private Calls() {}

  /** Calls on the loop's thread, below nobody's code. Throws what is fatal for the loop only. */
  static void run(IOLoop loop, Runnable callback) {
    if (Origins.ENABLED) {
      loop.setPresentCallback(callback);
    }
    try {
      callback.run();
    } catch (Throwable e) {
      loop.failed(callback, e);
    }
    if (Origins.ENABLED) {
      loop.setPresentCallback(null);
    }
    if (Context.inUse) {
      loop.threadState().context = null;
    }
  }

  /** Calls a done callback with its future, on whatever thread has completed that. */
  static <T> void tell(Consumer<? super T> callback, T done) {
    boolean mayChangeContext = !(callback instanceof Runner);
    Context outer = mayChangeContext && Context.inUse ? Context.capture(ThreadState.get()) : null;
    try {
      callback.accept(done);
    } catch (Throwable e) {
      IOLoop.report(callback, e);
    }
    if (mayChangeContext && Context.inUse) {
      Context.swap(ThreadState.get(), outer);
    }
  }
}
