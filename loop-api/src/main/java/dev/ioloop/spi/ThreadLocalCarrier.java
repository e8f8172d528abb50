package dev.ioloop.spi;

import org.jspecify.annotations.Nullable;

/**
 * Carries the thread-locals of another library, such as a logging context, along with the loop's
 * {@code Context}: into callbacks, timeouts, handlers and coroutines, and out of the thread when
 * they leave it. Found by {@link java.util.ServiceLoader}.
 */
public interface ThreadLocalCarrier {

  /** Returns a copy of what the calling thread has set, or null where that is nothing. */
  @Nullable Object capture();

  /**
   * Makes the calling thread's values those of {@code captured}, and removes all others.
   *
   * @param captured what {@link #capture} returned, on this thread or another
   */
  void restore(@Nullable Object captured);
}
