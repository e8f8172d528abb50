/**
 * An I/O loop modelled on Tornado's, with futures and coroutines.
 *
 * <p>One iteration of {@link dev.ioloop.IOLoop#start} has these steps:
 *
 * <ol>
 *   <li>Collect the timeouts that are due. The clock is read once for all of them.
 *   <li>Take a snapshot of the queued callbacks. Callbacks posted by other threads join the queue
 *       here.
 *   <li>Run the snapshot, first in first out.
 *   <li>Run the collected timeouts, by deadline and then in the order in which they were added.
 *   <li>Compute how long nothing will be due: zero if callbacks are queued.
 *   <li>Poll for that long, and call the handlers of the channels that are ready.
 * </ol>
 *
 * <p>Work that is added during an iteration runs in the next one, never inline. A loop that is
 * asked to stop ends between steps 4 and 5. If callbacks follow each other without a pause and
 * polls have found nothing, an iteration may skip steps 1, 4, 5 and 6, at most 64 times in a row.
 */
@NullMarked
package dev.ioloop;

import org.jspecify.annotations.NullMarked;
