package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A poller that never waits: instead of sleeping until its next timeout, the loop moves the clock
 * to that timeout at once. An hour of timeouts takes no time, and the order of events is always the
 * same.
 *
 * <pre>{@code
 * try (IOLoop loop = Testing.virtualLoop()) {
 *   loop.runSync(() -> await(sleep(Duration.ofHours(1))));
 * }
 * }</pre>
 *
 * <p>The clock ignores other threads: it moves even if an executor is about to answer. A loop with
 * nothing to do and no timeout waits for another thread's wake-up, at most five seconds of real
 * time; then {@link #poll} throws an {@link AssertionError}, because nothing more can happen.
 * Channels are not supported: {@link #register} refuses them.
 */
public final class VirtualTimePoller implements Poller {

  static final Duration PATIENCE = Duration.ofSeconds(5);

  /** As the loop caps its delays, so that differences between deadlines cannot overflow. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final AtomicLong now;
  private final long patienceNanos;
  private final Semaphore wakeups = new Semaphore(0);

  /** Shows the suspended coroutines, if the loop is known. */
  private Supplier<String> dump = () -> "";

  /** Makes a poller whose clock starts at zero. */
  public VirtualTimePoller() {
    this(0);
  }

  /**
   * Makes a poller whose clock starts at {@code startNanos}; a start near {@link Long#MAX_VALUE}
   * shows whether code survives a clock that overflows.
   */
  public VirtualTimePoller(long startNanos) {
    this(startNanos, PATIENCE);
  }

  VirtualTimePoller(long startNanos, Duration patience) {
    this.now = new AtomicLong(startNanos);
    this.patienceNanos = nanos(patience);
  }

  private static long nanos(Duration length) {
    if (length.compareTo(LONGEST) > 0) {
      return LONGEST.toNanos();
    }
    return length.compareTo(LONGEST.negated()) < 0 ? -LONGEST.toNanos() : length.toNanos();
  }

  /** Makes a loop on a new poller, wrapped by {@code wrap}, whose deadlocks show a dump. */
  static IOLoop newLoop(Duration patience, UnaryOperator<Poller> wrap) {
    VirtualTimePoller poller = new VirtualTimePoller(0, patience);
    IOLoop loop = IOLoop.create("virtual", wrap.apply(poller));
    poller.dump = () -> ":\n" + loop.dump();
    return loop;
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  /**
   * Moves the clock, as if a callback had taken that long. A negative length moves it back, which a
   * monotonic clock never does. The loop notices in its next turn; to let everything due in between
   * happen in order, await a {@code Gen.sleep} instead. More than a hundred years count as a
   * hundred.
   *
   * <p>Safe to call from any thread.
   */
  public void advance(Duration length) {
    now.addAndGet(nanos(length));
  }

  /**
   * Moves the clock by {@code timeoutNanos}, unless a wake-up is pending.
   *
   * @throws AssertionError if there is no timeout and no other thread wakes the loop within five
   *     seconds
   */
  @Override
  public int poll(long timeoutNanos) {
    if (wakeups.drainPermits() > 0) {
      return 0;
    }
    if (timeoutNanos == Long.MAX_VALUE) {
      awaitWakeup();
    } else {
      now.addAndGet(timeoutNanos);
    }
    return 0;
  }

  private void awaitWakeup() {
    long start = System.nanoTime();
    long left = patienceNanos;
    while (left > 0) {
      try {
        if (wakeups.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          wakeups.drainPermits();
          return;
        }
      } catch (InterruptedException e) {
        // As on the real pollers, an interrupt neither ends the loop nor makes it spin.
      }
      left = patienceNanos - (System.nanoTime() - start);
    }
    throw new AssertionError(
        "deadlock: nothing left to wait for: the loop has no callback and no timeout, and no other"
            + " thread woke it for "
            + Duration.ofNanos(patienceNanos)
            + dump.get());
  }

  @Override
  public void wakeup() {
    wakeups.release();
  }

  /** Refuses: a channel becomes ready in real time. */
  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    throw new IllegalArgumentException(
        "a loop in virtual time watches no channels; test I/O on a real backend: " + channel);
  }

  /** Refuses: a descriptor becomes ready in real time. */
  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    throw new UnsupportedOperationException(
        "a loop in virtual time watches no descriptors; test I/O on a real backend: " + fd);
  }

  @Override
  public void close() {
    // Nothing to release.
  }
}
