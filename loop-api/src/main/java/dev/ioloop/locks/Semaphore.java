package dev.ioloop.locks;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.Objects;

/**
 * A number of permits that coroutines take and give back; where there is none, they wait in line.
 * It limits how many do something at the same time.
 *
 * <pre>{@code
 * private final Semaphore connections = new Semaphore(2);
 *
 * Future<Void> fetch(String url) {
 *   return coroutine(
 *       () -> {
 *         try (var held = await(connections.acquire())) {
 *           await(print("fetched " + url));
 *         }
 *       });
 * }
 * }</pre>
 *
 * <p>A permit that is given back goes to the first waiter at once, so that an {@code acquire} that
 * comes before the waiter was resumed cannot take it. A coroutine that is cancelled while it waits
 * leaves the line; cancelled after it was given the permit, it is given it all the same, and the
 * cancellation is raised at its next await.
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.Semaphore}.
 */
public sealed class Semaphore permits BoundedSemaphore {
  final Confinement confinement = new Confinement();
  private final Waiters<Waiter<Releaser>> waiters;
  private final int most;
  private final String tooMany;
  private int available;

  /** Permits that were given back by a waiter's callback, while another permit is handed on. */
  private int returned;

  private boolean handingOn;

  /**
   * Makes a semaphore with so many permits; more may be added by {@link #release}.
   *
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    this(permits, Integer.MAX_VALUE, "no permit", "release() beyond the largest number of permits");
  }

  /**
   * Makes one with a limit.
   *
   * @param timedOut what to say of a wait that timed out
   * @param tooMany what to say of a release that would leave more than {@code most} permits
   */
  Semaphore(int permits, int most, String timedOut, String tooMany) {
    if (permits < 0) {
      throw new IllegalArgumentException("permits < 0: " + permits);
    }
    this.waiters = new Waiters<>(confinement, timedOut);
    this.most = most;
    this.tooMany = tooMany;
    this.available = permits;
  }

  /**
   * Takes a permit: at once where there is one, else when those who came before have had theirs.
   * Cancelling the returned future gives the place in the line up.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.acquire}.
   *
   * @return a future of what gives the permit back
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire() {
    confinement.check("acquire()");
    return available > 0 ? taken() : waiters.add(new Waiter<>()).future();
  }

  /**
   * As {@link #acquire()}, but waits for {@code timeout} at most; for zero or less not at all.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.acquire}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if there was no permit
   *     in time
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("acquire()");
    return available > 0 ? taken() : waiters.add(new Waiter<>(), timeout).future();
  }

  private Future<Releaser> taken() {
    available--;
    return Future.succeeded(new Permit(this));
  }

  /**
   * Gives a permit back, or adds one: to the first waiter, where there is one. Closing the {@link
   * Releaser} does the same; do one of the two.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.release}.
   *
   * @throws IllegalStateException if called from another thread or with all permits there
   */
  public void release() {
    confinement.check("release()");
    if (available + returned == most) {
      throw new IllegalStateException(tooMany);
    }
    if (waiters.isEmpty()) {
      available++;
      return;
    }
    returned++;
    if (!handingOn) {
      handOn();
    }
  }

  /** Serves waiters one after the other: a thousand callbacks that release must not nest. */
  private void handOn() {
    handingOn = true;
    try {
      while (returned > 0) {
        returned--;
        Waiter<Releaser> waiter = waiters.take();
        if (waiter == null) {
          available++;
        } else if (!waiter.serve(new Permit(this))) {
          returned++;
        }
      }
    } finally {
      handingOn = false;
    }
  }

  final int available() {
    return available;
  }

  final int waiting() {
    return waiters.size();
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "[available="
        + available
        + ", waiting="
        + waiters.size()
        + "]";
  }
}
