package dev.ioloop;

import dev.ioloop.fiber.Sneaky;
import dev.ioloop.iteration.IterationRunner;
import dev.ioloop.iteration.Lifecycle;
import org.jspecify.annotations.Nullable;

/**
 * Ends the suspended coroutines of a loop that is being closed: {@link #begin} cancels them, {@link
 * #run} or the turns of a host let them unwind, and {@link #end} aborts those that are left.
 */
final class Unwinding {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** How often a coroutine that awaits again is aborted again. */
  private static final int MAX_ABORTS = 100;

  private final IOLoop loop;
  private final IterationRunner iterations;

  private boolean begun;

  /** The first exception thrown; {@link #end} rethrows it. */
  private @Nullable Throwable failure;

  Unwinding(IOLoop loop, IterationRunner iterations) {
    this.loop = loop;
    this.iterations = iterations;
  }

  /** Cancels all suspended coroutines, once. Returns whether this was the first call. */
  boolean begin() {
    if (begun) {
      return false;
    }
    begun = true;
    for (Runner<?> runner : loop.suspended.toList()) {
      attempt(runner::cancel);
    }
    return true;
  }

  /**
   * Runs iterations on the calling thread until all coroutines have ended, a fatal error is thrown,
   * or the time is over, by {@link System#nanoTime}. Interrupts are restored at the end.
   *
   * @param mayPoll whether the poller may be used on this thread; if not, the thread parks
   */
  void run(boolean mayPoll) {
    boolean interrupted = false;
    long begin = System.nanoTime();
    long left = Lifecycle.MAX_CLOSING_NANOS;
    while (!loop.suspended.isEmpty() && left > 0 && failure == null) {
      interrupted |= Thread.interrupted();
      long wait = left;
      attempt(() -> iterations.runOnce(wait, mayPoll));
      left = Lifecycle.MAX_CLOSING_NANOS - (System.nanoTime() - begin);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Raises a cancellation at each await of the coroutines that are left, then throws the first
   * exception.
   */
  void end() {
    for (int i = 0; i < MAX_ABORTS && !loop.suspended.isEmpty(); i++) {
      for (Runner<?> runner : loop.suspended.toList()) {
        attempt(runner::abort);
      }
    }
    if (!loop.suspended.isEmpty()) {
      LOG.log(
          System.Logger.Level.ERROR,
          "Coroutines did not end although the loop was closed\n" + loop.dump());
    }
    if (failure != null) {
      throw Sneaky.raise(failure);
    }
  }

  /** Logs that dropping callbacks kept producing more, and that the last coroutine never ends. */
  static void reportEndless(IOLoop loop) {
    LOG.log(
        System.Logger.Level.ERROR,
        loop
            + " was closed although each coroutine that ended started another one; let done callbacks"
            + " check whether the loop still runs");
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      if (failure == null) {
        failure = e;
      } else if (failure != e) {
        failure.addSuppressed(e);
      }
    }
  }
}
