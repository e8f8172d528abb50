package dev.ioloop;

import java.util.function.Consumer;

/**
 * How a future calls its done callbacks, which it does below whatever has completed it: what they
 * throw is handled, and what they set in their context is seen by nobody else.
 */
final class DoneCallbacks {
  private DoneCallbacks() {}

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
