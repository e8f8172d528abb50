package dev.ioloop;

import dev.ioloop.fiber.Fibers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One call of {@link IOLoop#runSync(Duration, Callable)}. */
final class RunSync<T extends @Nullable Object> {

  /** How long a body that was cancelled by the timeout may take to unwind. */
  private static final Duration UNWIND_LIMIT = Duration.ofSeconds(10);

  private final IOLoop loop;
  private final @Nullable Duration limit;
  private final Callable<T> body;
  private @Nullable Future<T> outcome;
  private @Nullable Timeout timer;
  private boolean timedOut;

  /** Whether the call has ended, so that a body that has not begun must never begin. */
  private boolean abandoned;

  RunSync(IOLoop loop, @Nullable Duration limit, Callable<T> body) {
    this.loop = loop;
    this.limit = limit;
    this.body = Objects.requireNonNull(body, "body == null");
  }

  T run() {
    loop.checkMayStart("runSync()", ThreadState.get());
    Fibers.engine(); // Throws here, not in the loop, if the engine is not available.
    loop.addCallback(this::begin);
    try {
      loop.start();
    } finally {
      abandoned = true;
      if (timer != null) {
        loop.removeTimeout(timer);
      }
    }
    Future<T> ended = outcome;
    if (ended != null && ended.isDone() && !timedOut) {
      return ended.result();
    }
    if (timedOut && ended != null) {
      throw timeout(ended);
    }
    if (ended == null) {
      throw new IllegalStateException(
          "runSync() was stopped before its body began; the body will not run");
    }
    throw new IllegalStateException(
        "runSync() was stopped before its body ended; the body is suspended, and a later start()"
            + " resumes it\n"
            + loop.dump());
  }

  private void begin() {
    if (abandoned) {
      return;
    }
    if (limit != null) {
      timer = loop.callLater(limit, this::timeOut);
    }
    Future<T> started;
    try {
      started = Gen.coroutine(body);
    } catch (StackOverflowError e) {
      started = Future.failed(e);
    }
    outcome = started;
    started.addDoneCallback(done -> stop());
  }

  /** Ends the call, unless it has already ended. */
  private void stop() {
    if (!abandoned) {
      loop.stop();
    }
  }

  private void timeOut() {
    Future<T> started = outcome;
    if (started != null && !started.isDone()) {
      timedOut = true;
      timer = loop.callLater(UNWIND_LIMIT, this::stop);
      started.cancel(true);
    }
  }

  private LoopTimeoutException timeout(Future<T> ended) {
    LoopTimeoutException timeout =
        new LoopTimeoutException(
            "runSync() timed out after "
                + limit
                + (ended.isDone() ? "" : "; its body did not end when cancelled\n" + loop.dump()));
    if (ended.isDone()) {
      Throwable failure = ended.exception();
      if (failure != null && !(failure instanceof CancellationException)) {
        timeout.addSuppressed(failure);
      }
    }
    return timeout;
  }
}
