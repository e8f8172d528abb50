package dev.ioloop.iteration;

import dev.ioloop.diagnostics.Origins;

/**
 * How a loop calls what a user gave it, below nobody's code: callbacks, timeouts, the handlers of
 * channels and the beats of a {@code PeriodicCallback}. Whatever that throws is handled, and what
 * it sets in its context is seen by nobody else. The events of streams reach a user in no other
 * way; done callbacks, which are called below other code, have {@code DoneCallbacks}.
 */
public final class Calls {
  private Calls() {}

  /** Calls on the loop's thread. Throws what is fatal for the loop only. */
  static void run(LoopHooks hooks, Runnable callback) {
    if (Origins.ENABLED) {
      hooks.setPresentCallback(callback);
    }
    try {
      callback.run();
    } catch (Throwable e) {
      hooks.failed(callback, e);
    }
    if (Origins.ENABLED) {
      hooks.setPresentCallback(null);
    }
    hooks.resetContext();
  }
}
