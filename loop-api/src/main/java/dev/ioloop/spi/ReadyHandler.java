package dev.ioloop.spi;

/**
 * Called by a poller when a channel is ready. Implementations never throw, so a poller need not
 * catch.
 */
@FunctionalInterface
public interface ReadyHandler {

  /**
   * Handles readiness. Events that were not asked for may be reported, but none after the
   * registration was cancelled.
   *
   * @param events the ready events: {@code IOLoop.READ}, {@code WRITE}, {@code ERROR} or a
   *     combination
   */
  void ready(int events);
}
