package dev.ioloop.iteration;

import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.FlightEvents;
import dev.ioloop.fiber.Sneaky;
import dev.ioloop.spi.Poller;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the iterations of one loop, in the steps that the documentation of {@code dev.ioloop}
 * numbers.
 *
 * <p>When callbacks follow each other without a pause and polls in a row have found nothing, the
 * next 1, 2, 4 up to 64 iterations leave out the poll and the look at the clock, which cost many
 * times what a callback does. After 64 of them a look at the clock may do, if the last poll is not
 * 25 microseconds ago. An event that was found, a timeout that was due or was added, or 50
 * microseconds between two looks set this back to every iteration.
 *
 * <p>Where nothing is queued and the last wait was short, the poller is asked without waiting for
 * up to 50 microseconds before the loop blocks: to sleep and to be woken costs more than that. A
 * wait that was not short, or that a timeout ended, ends this until the next short one.
 *
 * <p>Where timeouts are dense, so that one is due within 100 microseconds for the second time in a
 * row, the loop sleeps that long, if nothing else wakes it, and runs all that are due then.
 */
public final class IterationRunner {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int MAX_SKIPPED_POLLS = 64;
  private static final long SKIP_LIMIT_NANOS = 50_000;

  /** How often to poll when 64 iterations take less than that. */
  private static final long POLL_NANOS = 25_000;

  /** From when on a timeout is late enough for a flight recording. */
  private static final long LATE_NANOS = 10_000_000;

  /** The unit of {@link #clock}: about a millisecond. */
  public static final int CLOCK_SHIFT = 20;

  /** How long to poll without blocking, in nanoseconds; a wait that was longer was not short. */
  private static final long SPIN_NANOS =
      Runtime.getRuntime().availableProcessors() > 1
          ? Long.getLong("dev.ioloop.spin", 50) * 1_000
          : 0;

  /** With how many events at once spinning is no gain any more. */
  private static final int CROWD = 4;

  /** The least time to sleep where timeouts are dense. */
  private static final long DENSE_NANOS = 100_000;

  private final LoopHooks hooks;
  private final Poller poller;

  /** Whether time goes on while the poller waits. */
  private final boolean realTime;

  private final CallbackQueue callbacks;
  private final TimeoutQueue timeouts;

  /** The rest of the timeouts that the present iteration has collected. */
  private TimeoutQueue.@Nullable Entry due;

  /** Whether a timeout was added since the last look at the clock. */
  private boolean timeoutAdded;

  /** Whether a timeout was added, since the last look for due ones, that was due already. */
  private boolean overdueAdded;

  /** When the first of those was added, or when an older one was due if that was earlier. */
  private long overdueSince;

  /** How many iterations may leave out their poll before the next one that does not. */
  private int skippablePolls;

  private long lastPollNanos;

  /** The time at the last look at the clock. */
  private long now;

  /** Whether the last wait was short and few events, or a callback, ended it. */
  private boolean spinPays;

  /** Whether a timeout was due within {@link #DENSE_NANOS} when the loop was about to sleep. */
  private boolean timeoutNear;

  /** An error that must leave {@link #run} and came where the poller must not see it. */
  private @Nullable Throwable fatal;

  // Plain counters: only the loop's thread writes them.
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
   * Runs at most so many iterations, without a poll, of a loop that lives on a host; fewer if it is
   * closing and all coroutines have ended.
   */
  public void runTurn(int max) {
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
   * Runs one iteration of a loop that is closing. It waits no longer than given, and not at all
   * where no coroutine is left to wait for; a post ends the wait.
   *
   * @param mayPoll whether to wait in the poller; else the thread parks
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
   * Steps 1 to 4, and then steps 2 and 3 of further iterations, if no timeout is due.
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

  /** Returns whether the next iteration may leave out its look at the clock and its poll. */
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

  /** Steps 5 and 6 where nothing is queued. */
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
    int found = poll(longEnough(untilNextTimeout()));
    now = poller.nanoTime();
    spinPays = now - start < SPIN_NANOS && found < CROWD && (found > 0 || !callbacks.isEmpty());
  }

  private long longEnough(long wait) {
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
        spinPays = found < CROWD;
        return true;
      }
    } while (poller.nanoTime() - start < length);
    return false;
  }

  /** Steps 5 and 6 where callbacks are queued. */
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
   * Returns the time at the last look at the clock, which is once in each iteration that polls, in
   * units of 2^20 nanoseconds. To be compared by difference.
   */
  public long clock() {
    return now >> CLOCK_SHIFT;
  }

  /** As {@link #clock}, after a look at the clock. */
  public long presentClock() {
    now = poller.nanoTime();
    return clock();
  }

  public long progress() {
    return turns + polls;
  }

  /** Returns whether a timeout is pending; {@link #firstDeadline} is its deadline then. */
  public boolean hasTimeout() {
    return !timeouts.isEmpty();
  }

  public long firstDeadline() {
    return timeouts.firstDeadline();
  }

  /** Returns the nanoseconds until a timeout is due: zero if one is, the maximum without any. */
  private long untilNextTimeout() {
    return timeouts.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(0, timeouts.firstDeadline() - poller.nanoTime());
  }

  /** Returns how many iterations have run. */
  public long turns() {
    return turns;
  }

  /** Returns how often the poller was asked. */
  public long polls() {
    return polls;
  }

  /** Returns how many polls another thread has ended. */
  public long wakeups() {
    return wakeups;
  }

  /** Returns by how much the timeout that fired last was late. */
  public long lastLagNanos() {
    return lastLagNanos;
  }

  /** Returns by how much a timeout was late at worst. */
  public long worstLagNanos() {
    return worstLagNanos;
  }

  /** Makes the next iteration look at the clock. */
  public void timeoutAdded() {
    timeoutAdded = true;
  }

  /** Says that a timeout is about to be added that is due already: its lag counts from now on. */
  public void overdueAdded(long present) {
    boolean hasTimeout = hasTimeout();
    if (!overdueAdded || !hasTimeout) {
      overdueAdded = true;
      long first = hasTimeout ? timeouts.firstDeadline() : present;
      overdueSince = first - present < 0 ? first : present;
    }
  }

  /** Lets {@code error} leave {@link #run} when the present poll has ended. */
  public void throwAfterPoll(Throwable error) {
    if (fatal == null) {
      fatal = error;
    }
  }
}
