/**
 * Synchronization between coroutines of one loop: {@link dev.ioloop.locks.Lock}, {@link
 * dev.ioloop.locks.Semaphore}, {@link dev.ioloop.locks.Event} and {@link
 * dev.ioloop.locks.Condition}. They never block a thread and are not thread-safe.
 *
 * <p>They can be created and set up without a loop. While a loop that uses one of them runs, only
 * that loop's thread may use it. Waiters are served in order of arrival; those that timed out or
 * were cancelled consume nothing. A zero or negative timeout means "only if immediate".
 *
 * <p>Await the returned futures directly. Cancelling a coroutine cancels only what it awaits
 * directly and alone. With {@code multi}, {@code withTimeout}, {@code shield} or a done callback in
 * between, the wait keeps its place in the line, and a permit handed to it later is lost. For a
 * time limit use the methods that take a {@link java.time.Duration}. Tornado: {@code
 * tornado.locks}.
 */
@NullMarked
package dev.ioloop.locks;

import org.jspecify.annotations.NullMarked;
