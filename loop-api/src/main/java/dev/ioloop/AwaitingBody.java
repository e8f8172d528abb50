package dev.ioloop;

import dev.ioloop.fiber.Fiber;
import org.jspecify.annotations.Nullable;

/** The body of a coroutine or generator: it runs on a fiber and may await. */
interface AwaitingBody extends Fiber.Body {

  /**
   * Waits, on the fiber, until {@code future} is done, whatever its outcome. Throws if an exception
   * is raised in the body instead.
   */
  void waitFor(Future<?> future);

  /** Waits, on the fiber, until {@code future} is done; returns its result or throws. */
  <T extends @Nullable Object> T await(Future<T> future);
}
