/**
 * An I/O loop in the shape of Tornado's, with futures and coroutines.
 *
 * <p>One iteration of {@link dev.ioloop.IOLoop#start} has these steps:
 *
 * <ol>
 *   <li>Collect the timeouts that are due. The clock is read once for all of them.
 *   <li>Take a snapshot of the callbacks that are queued. Those that other threads have posted join
 *       the queue here.
 *   <li>Run the snapshot, first in first out.
 *   <li>Run the collected timeouts, by deadline and then by the order in which they were added.
 *   <li>Compute how long nothing will be due: no time at all where callbacks are queued.
 *   <li>Poll for that long, and call the handlers of the channels that are ready.
 * </ol>
 *
 * <p>What is added during an iteration runs in the next one, never inline. A loop that is asked to
 * stop ends between steps 4 and 5. Where callbacks follow each other without a pause, and polls
 * have found nothing, an iteration may leave out steps 1, 4, 5 and 6, at most 64 times in a row.
 */
@NullMarked
package dev.ioloop;

import org.jspecify.annotations.NullMarked;
