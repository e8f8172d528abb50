package dev.ioloop;

import dev.ioloop.fiber.Fiber;
import org.jspecify.annotations.Nullable;

/** What runs on a fiber and may await there: the body of a coroutine or of a generator. */
interface AwaitingBody extends Fiber.Body {

  /**
   * Waits, on the fiber, until {@code future} is done, whatever its outcome. Throws what was raised
   * here instead.
   */
  void waitFor(Future<?> future);

  /** Waits, on the fiber, until {@code future} is done; returns its result or throws. */
  <T extends @Nullable Object> T await(Future<T> future);
}
