package dev.ioloop;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wait with a time limit, for {@link Gen#withTimeout}: the callback of the awaited future, and
 * the release of the returned one. A wait that has ended leaves nothing behind, neither on the
 * future nor on the timeout.
 */
final class TimedWait<T extends @Nullable Object> implements Relay, OwnedFuture.Following {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** The callback in a future for all waits that have timed out: logs a later failure. */
  static final Consumer<Future<?>> GIVEN_UP =
      done -> {
        Throwable failure = done.exception();
        if (failure != null && !done.isCancelled()) {
          LOG.log(
              System.Logger.Level.ERROR,
              "A future failed after the timeout that waited for it",
              failure);
        }
      };

  private final IOLoop loop;
  private final Future<T> source;
  private final Duration delay;
  private final OwnedFuture<T> outcome = new OwnedFuture<>(this);
  private final Timeout timeout;

  private TimedWait(IOLoop loop, Duration delay, Future<T> source) {
    this.loop = loop;
    this.source = source;
    this.delay = delay;
    this.timeout = loop.callLater(delay, this::expire);
  }

  /** Waits for the pending {@code source} on the thread of {@code loop}. */
  static <T extends @Nullable Object> Future<T> start(
      IOLoop loop, Duration delay, Future<T> source) {
    TimedWait<T> wait = new TimedWait<>(loop, delay, source);
    if (!source.addWaiter(wait)) {
      wait.accept(source);
    }
    return wait.outcome;
  }

  @Override
  public Future<?> source() {
    return source;
  }

  @Override
  public Future<?> follower() {
    return outcome;
  }

  /** Passes an outcome that comes from another thread on to the loop. */
  @Override
  public @Nullable Object relay(Future<?> done) {
    if (!loop.isInLoop() || IOLoop.current(false) != loop) {
      loop.post(() -> accept(done));
      return null;
    }
    loop.removeTimeout(timeout);
    return outcome.takeOver(done);
  }

  private void expire() {
    if (source instanceof NextFuture ? source.removeWaiter(this) : source.giveUp(this)) {
      outcome.settle(null, new LoopTimeoutException("not done after " + delay));
    } else {
      accept(source); // It is done, but the loop has not processed that yet.
    }
  }

  /** Called, on any thread, when somebody else has ended the wait. */
  @Override
  public void run() {
    source.removeWaiter(this);
    withdraw();
  }

  private void withdraw() {
    if (loop.isInLoop()) {
      loop.removeTimeout(timeout);
    } else {
      loop.post(this::withdraw);
    }
  }
}
