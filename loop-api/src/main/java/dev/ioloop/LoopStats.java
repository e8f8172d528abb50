package dev.ioloop;

/**
 * What a loop has done so far; see {@link IOLoop#stats}.
 *
 * @param turns iterations
 * @param callbacks callbacks that have run, including resumptions of coroutines
 * @param callbacksQueued callbacks that wait for an iteration, plus those that have already run in
 *     the present one
 * @param timeoutsPending timeouts that have neither come due nor been cancelled
 * @param coroutinesSuspended coroutines that are waiting
 * @param polls polls, including those that did not wait
 * @param wakeups polls that another thread ended
 * @param lastLagNanos how late the timeout that fired last was; for one that was already due when
 *     it was added, the time since it was added
 * @param worstLagNanos the largest lag of any timeout
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
