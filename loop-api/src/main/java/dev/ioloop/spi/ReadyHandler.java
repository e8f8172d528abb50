package dev.ioloop.spi;

/** Told by a poller that its channel is ready. It never throws, so a poller need not catch. */
@FunctionalInterface
public interface ReadyHandler {

  /**
   * Handles readiness. An event that was not asked for may be reported, except that of a cancelled
   * registration.
   *
   * @param events what is ready: {@code IOLoop.READ}, {@code WRITE}, {@code ERROR} or a combination
   */
  void ready(int events);
}
