package dev.ioloop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback that completes another future with the outcome of the one it is registered on. It can
 * run step by step, so that a chain of relays, however long, is walked in a loop and not by nested
 * calls.
 */
interface Relay extends Consumer<Future<?>> {

  /** Returns the future that this callback completes. */
  Future<?> follower();

  /**
   * Completes the follower, if it is due, without running its callbacks.
   *
   * @return those callbacks, as {@link Future#takeOver} returns them
   */
  @Nullable Object relay(Future<?> done);

  @Override
  default void accept(Future<?> done) {
    Object taken = relay(done);
    if (taken != null) {
      follower().runCallbacks(taken);
    }
  }
}
