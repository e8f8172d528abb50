package dev.ioloop.spi;

import org.jspecify.annotations.Nullable;

/**
 * Carries the thread-locals of another library, such as a logging context, along with the loop's
 * {@code Context}: into callbacks, timeouts, handlers and coroutines, and out of the thread when
 * they leave it. Found by {@link java.util.ServiceLoader}.
 */
public interface ThreadLocalCarrier {

  /** Returns a copy of the calling thread's values, or null if none are set. */
  @Nullable Object capture();

  /**
   * Replaces the calling thread's values by those of {@code captured}, and removes all others.
   *
   * @param captured a result of {@link #capture}, from this thread or another
   */
  void restore(@Nullable Object captured);
}
