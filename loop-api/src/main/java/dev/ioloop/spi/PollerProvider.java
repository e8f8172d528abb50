package dev.ioloop.spi;

import org.jspecify.annotations.Nullable;

/**
 * One backend, found by {@link java.util.ServiceLoader}. Its methods may be called from any thread.
 * None of them may fail because a native library is missing; {@link #unavailabilityCause} reports
 * that.
 */
public interface PollerProvider {

  /** Returns the name that selects this backend, such as {@code "epoll"}. */
  String name();

  /**
   * Returns the priority of this backend as the default: the available backend with the highest
   * value is used. A backend with a negative value is never the default.
   */
  int priority();

  /**
   * Returns why this backend cannot be used here, or null if it can. Users see the message, so it
   * must say what to install or which flag to set.
   */
  @Nullable Throwable unavailabilityCause();

  /**
   * Creates a poller.
   *
   * @throws IllegalStateException if the system refuses it, for instance because no descriptor is
   *     left
   */
  Poller create();
}
