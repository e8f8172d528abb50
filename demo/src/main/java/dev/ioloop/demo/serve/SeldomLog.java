package dev.ioloop.demo.serve;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Logs events that clients can cause as often as they like, but at most once a second. Thread-safe.
 */
final class SeldomLog {
  static final long PERIOD_NANOS = 1_000_000_000;

  private final System.Logger log;
  private final LongSupplier clock;
  private final AtomicLong next;

  SeldomLog(System.Logger log) {
    this(log, System::nanoTime);
  }

  /**
   * Makes a log with another clock.
   *
   * @param clock counts nanoseconds
   */
  SeldomLog(System.Logger log, LongSupplier clock) {
    this.log = log;
    this.clock = clock;
    next = new AtomicLong(clock.getAsLong());
  }

  /** Logs a line, unless one was logged in the last second. */
  void log(System.Logger.Level level, String text) {
    if (isTime()) {
      log.log(level, text);
    }
  }

  /** Logs a line and the stack of {@code failure}, unless one was logged in the last second. */
  void log(System.Logger.Level level, String text, Throwable failure) {
    if (isTime()) {
      log.log(level, text, failure);
    }
  }

  private boolean isTime() {
    long present = next.get();
    long now = clock.getAsLong();
    return now - present >= 0 && next.compareAndSet(present, now + PERIOD_NANOS);
  }
}
