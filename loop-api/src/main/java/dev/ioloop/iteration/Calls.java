package dev.ioloop.iteration;

import dev.ioloop.diagnostics.Origins;

/**
 * Calls user code from the bottom of the stack: callbacks, timeouts, channel handlers and the
 * callbacks of a {@code PeriodicCallback}. Exceptions are handled here, and what the code sets in
 * its context is visible to nobody else. Stream events reach users only this way, too. Done
 * callbacks are called inside other code, by {@code DoneCallbacks}.
 */
public final class Calls {
  private Calls() {}

  /** Runs a callback on the loop's thread. Throws only errors that are fatal for the loop. */
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
