package dev.ioloop.spi;

import org.jspecify.annotations.Nullable;

/**
 * One backend, found by {@link java.util.ServiceLoader}. Its methods may be called from any thread;
 * none of them may fail because a native library is missing: that is what {@link
 * #unavailabilityCause} is for.
 */
public interface PollerProvider {

  /** Returns the name by which users choose this backend, such as {@code "epoll"}. */
  String name();

  /**
   * Returns how much this backend is preferred as the default: the available one with the highest
   * value is taken. A negative value is never the default.
   */
  int priority();

  /**
   * Returns why this backend cannot be used here, or null where it can. The message is shown to the
   * user; it says what to install or which flag to give.
   */
  @Nullable Throwable unavailabilityCause();

  /**
   * Makes a poller.
   *
   * @throws IllegalStateException if the system refuses one, for instance because no descriptor is
   *     left
   */
  Poller create();
}
