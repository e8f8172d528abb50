package dev.ioloop;

/**
 * A timeout of {@link IOLoop#callLater} or {@link IOLoop#callAt}. Pass it to {@link
 * IOLoop#removeTimeout} to cancel it. Its methods are safe to call from any thread, though another
 * thread may see an old state. Tornado: the opaque handle of {@code add_timeout}.
 *
 * <pre>{@code
 * Timeout timeout = loop.callLater(Duration.ofSeconds(30), () -> log("too late"));
 * int sum = await(slowSum(2, 3));
 * loop.removeTimeout(timeout);
 * }</pre>
 */
public sealed interface Timeout permits LoopTimeout {

  /** Returns the deadline, in nanoseconds on {@link IOLoop#time()}. */
  long deadline();

  /** Returns whether the timeout was cancelled before it fired. */
  boolean cancelled();
}
