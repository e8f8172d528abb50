package dev.ioloop;

/**
 * One pending timeout of {@link IOLoop#callLater} or {@link IOLoop#callAt}, to be handed to {@link
 * IOLoop#removeTimeout}. Its methods are safe to call from any thread, though a foreign thread may
 * see an old state. Tornado: the opaque handle of {@code add_timeout}.
 *
 * <pre>{@code
 * Timeout timeout = loop.callLater(Duration.ofSeconds(30), () -> log("too late"));
 * int sum = await(slowSum(2, 3));
 * loop.removeTimeout(timeout);
 * }</pre>
 */
public sealed interface Timeout permits LoopTimeout {

  /** Returns when it is due, in nanoseconds on {@link IOLoop#time()}. */
  long deadline();

  /** Returns whether it was removed before it fired. */
  boolean cancelled();
}
