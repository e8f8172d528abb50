package dev.ioloop;

/**
 * What a loop has done so far, in plain numbers; see {@link IOLoop#stats}.
 *
 * @param turns iterations
 * @param callbacks callbacks run, resumptions of coroutines included
 * @param callbacksQueued callbacks that wait for an iteration; of an iteration that has not ended,
 *     those that have run too
 * @param timeoutsPending timeouts that are neither due nor removed
 * @param coroutinesSuspended coroutines that wait for something
 * @param polls polls, those that did not wait included
 * @param wakeups polls that another thread ended
 * @param lastLagNanos by how much the timeout that fired last was late; one that was due when it
 *     was added counts from then
 * @param worstLagNanos by how much a timeout was late at worst
 */
public record LoopStats(
    long turns,
    long callbacks,
    int callbacksQueued,
    int timeoutsPending,
    int coroutinesSuspended,
    long polls,
    long wakeups,
    long lastLagNanos,
    long worstLagNanos) {}
