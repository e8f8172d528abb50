package dev.ioloop;

/**
 * One pending timeout of {@link IOLoop#callLater} or {@link IOLoop#callAt}, to be handed to {@link
 * IOLoop#removeTimeout}. Its methods are safe to call from any thread, though a foreign thread may
 * see an old state. Tornado: the opaque handle of {@code add_timeout}.
 */
public sealed interface Timeout permits TimeoutQueue.Entry {

  /** Returns when it is due, in nanoseconds on {@link IOLoop#time()}. */
  long deadline();

  /** Returns whether it was removed before it fired. */
  boolean cancelled();
}
