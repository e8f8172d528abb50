/**
 * Ways for coroutines to wait for each other: {@link dev.ioloop.locks.Lock}, {@link
 * dev.ioloop.locks.Semaphore}, {@link dev.ioloop.locks.Event} and {@link
 * dev.ioloop.locks.Condition}. They do not block a thread, and are no means between threads.
 *
 * <p>They need no loop to be made or to be set up. While a loop that uses one of them runs, that
 * loop's thread alone may use it. Waiters are served in the order in which they came; those that
 * timed out or were cancelled consume nothing. A timeout that is zero or negative means "only if
 * immediate".
 *
 * <p>Await the futures that they return as they are. A coroutine that is cancelled gives up what
 * only it awaits; {@code multi}, {@code withTimeout}, {@code shield} or a done callback in between
 * keeps the place in the line, and what is handed to it then is lost. For a time limit there are
 * the forms with a {@link java.time.Duration}. Tornado: {@code tornado.locks}.
 */
@NullMarked
package dev.ioloop.locks;

import org.jspecify.annotations.NullMarked;
