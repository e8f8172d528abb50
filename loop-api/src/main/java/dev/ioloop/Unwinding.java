package dev.ioloop;

/** Ends the suspended coroutines of a loop that is being closed. */
final class Unwinding {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** How long the coroutines may take to unwind, by {@link System#nanoTime}. */
  private static final long LIMIT_NANOS = 1_000_000_000;

  /** How often a coroutine that awaits again is told again that there is no loop any more. */
  private static final int MAX_ABORTS = 100;

  private final IOLoop loop;
  private final Iterations iterations;
  private final boolean mayPoll;

  Unwinding(IOLoop loop, Iterations iterations, boolean mayPoll) {
    this.loop = loop;
    this.iterations = iterations;
    this.mayPoll = mayPoll;
  }

  void run() {
    long begin = System.nanoTime();
    for (Runner<?> runner : loop.suspended.toList()) {
      runner.cancel();
    }
    long left = LIMIT_NANOS;
    while (!loop.suspended.isEmpty() && left > 0) {
      iterations.runOnce(left, mayPoll);
      left = LIMIT_NANOS - (System.nanoTime() - begin);
    }
    for (int i = 0; i < MAX_ABORTS && !loop.suspended.isEmpty(); i++) {
      loop.suspended.toList().forEach(Runner::abort);
    }
    if (!loop.suspended.isEmpty()) {
      LOG.log(
          System.Logger.Level.ERROR,
          "Coroutines did not end although the loop was closed\n" + loop.dump());
    }
  }
}
