package dev.ioloop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Calls a callback periodically. The first call comes after one full period. Each call sees the
 * {@link ContextVar}s of the code that called {@link #start}. A call that is missed, because the
 * callback or the loop took longer than a period, is skipped; the phase is kept. An exception that
 * the callback throws goes to the loop's exception handler, and the calls go on.
 *
 * <pre>{@code
 * PeriodicCallback beat = new PeriodicCallback(() -> log("beat"), Duration.ofSeconds(1));
 * beat.start();
 * await(sleep(Duration.ofMillis(2_500)));
 * beat.stop();
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code ioloop.PeriodicCallback}, in milliseconds.
 */
public final class PeriodicCallback {
  private final Callable<? extends @Nullable Future<?>> callback;
  private final long periodNanos;
  private final double jitter;
  private @Nullable IOLoop loop;
  private @Nullable Timeout timeout;
  private long beat;

  /**
   * The context of the code that started this. Each call runs in it, whatever the call before has
   * set.
   */
  private Context context = Context.EMPTY;

  /**
   * Creates a stopped periodic callback.
   *
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public PeriodicCallback(Runnable callback, Duration period) {
    this(callback, period, 0);
  }

  /**
   * Creates a stopped periodic callback whose periods vary.
   *
   * @param jitter the width of the window, centred on the period, from which each period is drawn,
   *     as a fraction of the period: 0.1 gives 0.95 to 1.05 periods
   * @throws IllegalArgumentException if {@code period} is not positive or {@code jitter} is not
   *     from 0 to 1
   */
  public PeriodicCallback(Runnable callback, Duration period, double jitter) {
    this(callable(callback), period, jitter);
  }

  /**
   * Creates a stopped periodic callback whose callback returns a future. Calls that come due while
   * the future is pending are skipped. Its failure goes to the exception handler.
   *
   * @throws IllegalArgumentException if {@code period} is not positive
   */
  public PeriodicCallback(Callable<? extends @Nullable Future<?>> callback, Duration period) {
    this(callback, period, 0);
  }

  /**
   * Same as {@link #PeriodicCallback(Callable, Duration)}, with {@code jitter}.
   *
   * @throws IllegalArgumentException if {@code period} is not positive or {@code jitter} is not
   *     from 0 to 1
   */
  public PeriodicCallback(
      Callable<? extends @Nullable Future<?>> callback, Duration period, double jitter) {
    this.callback = Objects.requireNonNull(callback, "callback == null");
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period is not positive: " + period);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is not from 0 to 1: " + jitter);
    }
    this.periodNanos = IOLoop.nanos(period);
    this.jitter = jitter;
  }

  private static Callable<@Nullable Future<?>> callable(Runnable callback) {
    Objects.requireNonNull(callback, "callback == null");
    return () -> {
      callback.run();
      return null;
    };
  }

  /** Starts the calls on the current loop. Does nothing if they are already running. */
  public void start() {
    if (!isRunning()) {
      IOLoop current = IOLoop.current();
      loop = current;
      context = Context.current();
      beat = current.time();
      schedule(current);
    }
  }

  /**
   * Stops the calls. Does not interrupt a call that is in progress. Does nothing if they are
   * stopped.
   */
  public void stop() {
    if (loop != null && timeout != null) {
      loop.removeTimeout(timeout);
      timeout = null;
    }
  }

  /**
   * Returns whether this was started and has not ended since: by {@link #stop}, by an error that
   * left the loop's {@link IOLoop#start}, or with the loop.
   */
  public boolean isRunning() {
    return timeout != null && loop != null && !loop.isClosed();
  }

  private void run(IOLoop loop) {
    Timeout mine = timeout;
    Future<?> future = null;
    try {
      future = callback.call();
    } catch (Throwable e) {
      failed(loop, mine, e);
    }
    if (future == null) {
      scheduleAfter(loop, mine);
    } else {
      loop.addFuture(
          future,
          done -> {
            Throwable failure = done.exception();
            if (failure != null && !done.isCancelled()) {
              failed(loop, mine, failure);
            }
            scheduleAfter(loop, mine);
          });
    }
  }

  /** Reports a failure. A fatal failure ends the calls, unless they were restarted meanwhile. */
  private void failed(IOLoop loop, @Nullable Timeout fired, Throwable failure) {
    boolean survived = false;
    try {
      loop.failed(this, failure);
      survived = true;
    } finally {
      if (!survived && timeout == fired) {
        timeout = null;
      }
    }
  }

  /** Schedules the next call, unless this was stopped, or stopped and restarted, meanwhile. */
  private void scheduleAfter(IOLoop loop, @Nullable Timeout fired) {
    if (timeout == fired && fired != null) {
      schedule(loop);
    }
  }

  private void schedule(IOLoop loop) {
    long period = periodNanos;
    if (jitter > 0) {
      period = (long) (period * (1 + jitter * (ThreadLocalRandom.current().nextDouble() - 0.5)));
      period = Math.max(1, Math.min(period, IOLoop.MAX_DELAY_NANOS));
    }
    long late = loop.time() - beat;
    if (late >= 0) {
      // The first beat in the future; a beat that is due exactly now has passed.
      beat += (late / period + 1) * period;
    } else {
      // The clock went backwards, or a short period was drawn. Never repeat the same beat.
      beat += period;
    }
    timeout = loop.callAt(beat, context, () -> run(loop));
  }
}
