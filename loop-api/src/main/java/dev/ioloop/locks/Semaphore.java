package dev.ioloop.locks;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.Objects;

/**
 * Limits how many coroutines do something at the same time. A coroutine acquires a permit and
 * releases it; while no permit is available, coroutines wait in line.
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
 * <p>A released permit goes directly to the longest-waiting coroutine, so an {@code acquire} that
 * comes before that coroutine resumes cannot take it. A coroutine that is cancelled while it waits
 * leaves the line. One that is cancelled after it was given the permit still receives it, and the
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

  /** Permits that waiters' callbacks released while another permit is being handed on. */
  private int returned;

  private boolean handingOn;

  /**
   * Creates a semaphore with {@code permits} permits; {@link #release} may add more.
   *
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    this(permits, Integer.MAX_VALUE, "no permit", "release() beyond the largest number of permits");
  }

  /**
   * Creates a semaphore with a limit.
   *
   * @param timedOut the reason given when a wait times out
   * @param tooMany the message for a release that would leave more than {@code most} permits
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
   * Acquires a permit: at once if one is available, otherwise after the earlier waiters. Cancelling
   * the returned future leaves the line.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.acquire}.
   *
   * @return a future of the handle that releases the permit
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire() {
    confinement.check("acquire()");
    return available > 0 ? taken() : waiters.add(new Waiter<>()).future();
  }

  /**
   * As {@link #acquire()}, but waits at most {@code timeout}; zero or less does not wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.acquire}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if no permit became
   *     available in time
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
   * Releases a permit, or adds one. It goes to the first waiter if there is one. Closing the {@link
   * Releaser} does the same; do only one of the two.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Semaphore.release}.
   *
   * @throws IllegalStateException if called from another thread, or if the semaphore already has
   *     its maximum number of permits
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

  /** Serves waiters in a loop, so that a thousand callbacks that release do not nest. */
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
