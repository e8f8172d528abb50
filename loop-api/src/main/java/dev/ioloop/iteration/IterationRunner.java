package dev.ioloop.iteration;

import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.FlightEvents;
import dev.ioloop.fiber.Sneaky;
import dev.ioloop.spi.Poller;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the iterations of one loop, in the steps numbered in the documentation of {@code
 * dev.ioloop}.
 *
 * <p>Skipped polls: if callbacks follow each other without a pause and polls in a row have found
 * nothing, the next 1, 2, 4 up to 64 iterations skip the poll and the clock reading, which cost
 * many times what a callback does. After 64 of them, a clock reading is enough if the last poll was
 * less than 25 microseconds ago. An event found, a timeout due or added, or 50 microseconds between
 * two clock readings ends the skipping.
 *
 * <p>Spinning: if nothing is queued and the last wait was short, the loop polls without waiting for
 * up to 50 microseconds before it blocks, because sleeping and being woken costs more than that.
 * After a wait that was long, or that a timeout ended, the loop does not spin until the next short
 * one.
 *
 * <p>Dense timeouts: if a timeout is due within 100 microseconds for the second time in a row, the
 * loop sleeps that long, unless something else wakes it, and then runs all timeouts that are due.
 */
public final class IterationRunner {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int MAX_SKIPPED_POLLS = 64;
  private static final long SKIP_LIMIT_NANOS = 50_000;

  /** While polls are skipped, poll at least this often. */
  private static final long POLL_NANOS = 25_000;

  /** A timeout that is at least this late is recorded as a flight event. */
  private static final long LATE_NANOS = 10_000_000;

  /** The unit of {@link #clock}: about a millisecond. */
  public static final int CLOCK_SHIFT = 20;

  /** How long to spin, in nanoseconds; a wait shorter than this counts as short. */
  private static final long SPIN_NANOS =
      Runtime.getRuntime().availableProcessors() > 1
          ? Long.getLong("dev.ioloop.spin", 50) * 1_000
          : 0;

  /** If a poll returns this many events, spinning no longer pays. */
  private static final int MANY_EVENTS = 4;

  /** The minimum sleep while timeouts are dense. */
  private static final long DENSE_NANOS = 100_000;

  private final LoopHooks hooks;
  private final Poller poller;

  /** Whether time passes while the poller waits. */
  private final boolean realTime;

  private final CallbackQueue callbacks;
  private final TimeoutQueue timeouts;

  /** The timeouts that the present iteration has collected and not run yet. */
  private TimeoutQueue.@Nullable Entry due;

  /** Whether a timeout was added since the last clock reading. */
  private boolean timeoutAdded;

  /** Whether a timeout that was already due was added since timeouts were last collected. */
  private boolean overdueAdded;

  /** When the first such timeout was added, or the deadline of an older one if that was earlier. */
  private long overdueSince;

  /** How many iterations may skip their poll before the next one that polls. */
  private int skippablePolls;

  private long lastPollNanos;

  /** The time at the last clock reading. */
  private long now;

  /** Whether the last wait was short and ended by a few events or by a callback. */
  private boolean spinPays;

  /**
   * Whether a timeout was due within {@link #DENSE_NANOS} when the loop was last about to sleep.
   */
  private boolean timeoutNear;

  /** An error that must leave {@link #run} but was thrown where the poller must not see it. */
  private @Nullable Throwable fatal;

  // Plain counters; only the loop's thread writes them.
  private long turns;
  private long polls;
  private long wakeups;
  private long lastLagNanos;
  private long worstLagNanos;

  public IterationRunner(
      LoopHooks hooks, Poller poller, CallbackQueue callbacks, TimeoutQueue timeouts) {
    this.hooks = hooks;
    this.poller = poller;
    this.realTime = poller.mayBusyPoll();
    this.callbacks = callbacks;
    this.timeouts = timeouts;
    this.now = poller.nanoTime();
  }

  /** Runs until the loop is asked to stop. */
  public void run() {
    skippablePolls = 0;
    now = poller.nanoTime();
    do {
      boolean dueFound = runDueAndQueued(1 + skippablePolls);
      if (hooks.isStopRequested()) {
        return;
      }
      if (callbacks.isEmpty()) {
        skippablePolls = 0;
        pollBlocking();
      } else {
        pollInPassing(dueFound);
      }
      afterPoll();
    } while (true);
  }

  /**
   * Runs at most {@code max} iterations, without polling, of a loop on a host. Runs fewer if the
   * loop is closing and all coroutines have ended.
   */
  public void runTurns(int max) {
    now = poller.nanoTime();
    long last = turns + max;
    do {
      runDueAndQueued((int) (last - turns));
    } while (turns < last
        && !callbacks.isEmpty()
        && !(hooks.isClosing() && !hooks.hasCoroutines()));
    rethrowFatal();
  }

  /**
   * Runs one iteration of a closing loop. It waits at most {@code maxWaitNanos}, and not at all if
   * no coroutine is left. A post ends the wait.
   *
   * @param mayPoll whether to wait in the poller; if not, the thread parks
   */
  public void runOnce(long maxWaitNanos, boolean mayPoll) {
    runDueAndQueued(1);
    if (!hooks.hasCoroutines()) {
      return;
    }
    long wait = callbacks.isEmpty() ? Math.min(maxWaitNanos, untilNextTimeout()) : 0;
    if (mayPoll) {
      poll(wait);
    } else if (wait > 0 && callbacks.fallAsleep()) {
      LockSupport.parkNanos(hooks, wait);
      callbacks.wakeUp();
    }
    rethrowFatal();
  }

  /**
   * Runs steps 1 to 4, then, if no timeout is due, steps 2 and 3 of further iterations.
   *
   * @return whether a timeout was due
   */
  private boolean runDueAndQueued(int maxIterations) {
    timeoutAdded = false;
    if (due == null && !timeouts.isEmpty()) {
      collectDue();
    }
    boolean dueFound = due != null;
    Object event = Flight.slowTurns ? FlightEvents.beginTurn() : null;
    int snapshots = callbacks.runSnapshots(hooks, this, dueFound ? 1 : maxIterations);
    turns += snapshots;
    if (dueFound) {
      runDue();
    }
    if (event != null) {
      FlightEvents.endTurn(event, hooks, snapshots, null);
    }
    return dueFound;
  }

  /** Returns whether the next iteration may skip its clock reading and its poll. */
  boolean mayGoOn() {
    return !timeoutAdded && !hooks.isStopRequested();
  }

  private void collectDue() {
    now = poller.nanoTime();
    due = timeouts.collectDue(now);
    if (due != null) {
      lastLagNanos = now - due.deadline();
      if (overdueAdded) {
        lastLagNanos = Math.min(lastLagNanos, now - overdueSince);
      }
      worstLagNanos = Math.max(worstLagNanos, lastLagNanos);
      if (Flight.lateTimeouts && lastLagNanos >= LATE_NANOS) {
        FlightEvents.timeoutLate(hooks, lastLagNanos);
      }
    }
    overdueAdded = false;
  }

  private void runDue() {
    while (due != null) {
      Runnable callback = due.fire();
      due = due.leaveBatch();
      if (callback != null) {
        Calls.run(hooks, callback);
      }
    }
  }

  /** Runs steps 5 and 6 when nothing is queued. */
  private void pollBlocking() {
    polls++;
    long wait = untilNextTimeout();
    if (!realTime || wait == 0) {
      poll(wait);
      now = poller.nanoTime();
      return;
    }
    long start = poller.nanoTime();
    now = start;
    if (spinPays && spin(start, Math.min(wait, SPIN_NANOS))) {
      return;
    }
    int found = poll(atLeastDense(untilNextTimeout()));
    now = poller.nanoTime();
    spinPays =
        now - start < SPIN_NANOS && found < MANY_EVENTS && (found > 0 || !callbacks.isEmpty());
  }

  private long atLeastDense(long wait) {
    boolean wasNear = timeoutNear;
    timeoutNear = wait < DENSE_NANOS;
    return timeoutNear && wasNear && wait > 0 ? DENSE_NANOS : wait;
  }

  private int poll(long wait) {
    boolean asleep = wait > 0 && callbacks.fallAsleep();
    try {
      return poller.poll(asleep ? wait : 0);
    } finally {
      if (asleep && !callbacks.wakeUp()) {
        wakeups++;
      }
    }
  }

  /** Polls without blocking until there is something to do. Returns whether there is. */
  private boolean spin(long start, long length) {
    do {
      int found = poller.poll(0);
      if (found > 0 || !callbacks.isEmpty() || hooks.isStopRequested()) {
        spinPays = found < MANY_EVENTS;
        return true;
      }
    } while (poller.nanoTime() - start < length);
    return false;
  }

  /** Runs steps 5 and 6 when callbacks are queued. */
  private void pollInPassing(boolean dueFound) {
    long lastLook = now;
    now = poller.nanoTime();
    boolean slow = now - lastLook > SKIP_LIMIT_NANOS;
    if (skippablePolls == MAX_SKIPPED_POLLS
        && realTime
        && !dueFound
        && !slow
        && now - lastPollNanos < POLL_NANOS) {
      return;
    }
    polls++;
    boolean found = poller.poll(0) > 0 || dueFound;
    skippablePolls =
        found || slow ? 0 : Math.min(MAX_SKIPPED_POLLS, Math.max(1, skippablePolls << 1));
    lastPollNanos = now;
  }

  private void afterPoll() {
    if (Thread.interrupted()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "An interrupt of the loop's thread was ignored; use stop() to end a loop, and"
              + " addCallback() to wake it");
    }
    rethrowFatal();
  }

  private void rethrowFatal() {
    if (fatal != null) {
      Throwable error = fatal;
      fatal = null;
      throw Sneaky.raise(error);
    }
  }

  /**
   * Returns the time at the last clock reading, in units of 2^20 nanoseconds. Each iteration that
   * polls reads the clock once. Compare times by their difference.
   */
  public long clock() {
    return now >> CLOCK_SHIFT;
  }

  /** Same as {@link #clock}, after reading the clock. */
  public long presentClock() {
    now = poller.nanoTime();
    return clock();
  }

  public long progress() {
    return turns + polls;
  }

  /** Returns whether a timeout is pending. If so, {@link #firstDeadline} is its deadline. */
  public boolean hasTimeout() {
    return !timeouts.isEmpty();
  }

  public long firstDeadline() {
    return timeouts.firstDeadline();
  }

  /**
   * Returns the nanoseconds until the next timeout: zero if one is due, the maximum if there is
   * none.
   */
  private long untilNextTimeout() {
    return timeouts.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(0, timeouts.firstDeadline() - poller.nanoTime());
  }

  /** Returns how many iterations have run. */
  public long turns() {
    return turns;
  }

  /** Returns how many polls there were. */
  public long polls() {
    return polls;
  }

  /** Returns how many polls were ended by another thread. */
  public long wakeups() {
    return wakeups;
  }

  /** Returns how late the timeout that fired last was. */
  public long lastLagNanos() {
    return lastLagNanos;
  }

  /** Returns the largest lag of any timeout. */
  public long worstLagNanos() {
    return worstLagNanos;
  }

  /** Makes the next iteration read the clock. */
  public void timeoutAdded() {
    timeoutAdded = true;
  }

  /** Called when a timeout that is already due is about to be added: its lag counts from now on. */
  public void overdueAdded(long present) {
    boolean hasTimeout = hasTimeout();
    if (!overdueAdded || !hasTimeout) {
      overdueAdded = true;
      long first = hasTimeout ? timeouts.firstDeadline() : present;
      overdueSince = first - present < 0 ? first : present;
    }
  }

  /** Makes {@link #run} throw {@code error} after the present poll. */
  public void throwAfterPoll(Throwable error) {
    if (fatal == null) {
      fatal = error;
    }
  }
}
