/**
 * Queues between coroutines: {@link dev.ioloop.queues.Queue}, {@link
 * dev.ioloop.queues.PriorityQueue} and {@link dev.ioloop.queues.LifoQueue}. They do not block a
 * thread, and are no means between threads.
 *
 * <p>They need no loop to be made or to be filled. While a loop that uses one of them runs, that
 * loop's thread alone may use it. Waiters are served in the order in which they came; those that
 * timed out or were cancelled consume nothing. A timeout that is zero or negative means "only if
 * immediate".
 *
 * <p>Await the futures that they return as they are. A coroutine that is cancelled gives up what
 * only it awaits; {@code multi}, {@code withTimeout}, {@code shield} or a done callback in between
 * keeps the place in the line, and what is handed to it then is lost. For a time limit there are
 * the forms with a {@link java.time.Duration}. Tornado: {@code tornado.queues}.
 */
@NullMarked
package dev.ioloop.queues;

import org.jspecify.annotations.NullMarked;
