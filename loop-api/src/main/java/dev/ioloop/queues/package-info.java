/**
 * Queues between coroutines of one loop: {@link dev.ioloop.queues.Queue}, {@link
 * dev.ioloop.queues.PriorityQueue} and {@link dev.ioloop.queues.LifoQueue}. They never block a
 * thread and are not thread-safe.
 *
 * <p>They can be created and filled without a loop. While a loop that uses one of them runs, only
 * that loop's thread may use it. Waiters are served in order of arrival; those that timed out or
 * were cancelled consume nothing. A zero or negative timeout means "only if immediate".
 *
 * <p>Await the returned futures directly. Cancelling a coroutine cancels only what it awaits
 * directly and alone. With {@code multi}, {@code withTimeout}, {@code shield} or a done callback in
 * between, the wait keeps its place in the line, and an item handed to it later is lost. For a time
 * limit use the methods that take a {@link java.time.Duration}. Tornado: {@code tornado.queues}.
 */
@NullMarked
package dev.ioloop.queues;

import org.jspecify.annotations.NullMarked;
