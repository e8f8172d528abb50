package dev.ioloop;

import java.util.function.Consumer;

/**
 * Calls the done callbacks of futures. They run inside the code that completes the future, so an
 * exception that one throws is handled here, and what it sets in its context is visible to nobody
 * else.
 */
final class DoneCallbacks {
  private DoneCallbacks() {}

  /** Calls a done callback with its future, on the thread that completed the future. */
  static <T> void call(Consumer<? super T> callback, T done) {
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
