package dev.ioloop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback that ends another future as the one it waits for has ended. It can be done step by
 * step, so that a chain of them, however long, is walked and not called through.
 */
interface Relay extends Consumer<Future<?>> {

  /** Returns the future that follows. */
  Future<?> follower();

  /**
   * Ends the follower, if it is time for that, and runs none of its callbacks.
   *
   * @return these callbacks, as {@link Future#takeOver} does
   */
  @Nullable Object relay(Future<?> done);

  @Override
  default void accept(Future<?> done) {
    Object taken = relay(done);
    if (taken != null) {
      follower().notifyAll(taken);
    }
  }
}
