package dev.ioloop.locks;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.Objects;

/**
 * Lets coroutines wait until another one signals that the state has changed. It has no memory: a
 * signal without a waiter is lost. It needs no lock, because the coroutines of a loop switch only
 * where they await.
 *
 * <pre>{@code
 * Condition changed = new Condition();
 * Future<Void> purchase =
 *     coroutine(
 *         () -> {
 *           while (balance < price) {
 *             await(changed.await());
 *           }
 *           balance -= price;
 *         });
 * balance += 10;
 * changed.signalAll();
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.Condition}, whose {@code wait} and
 * {@code notify} are names that {@code Object} already uses in Java.
 */
public final class Condition {

  /** A waiter that completes with false when it times out. */
  private static final class Listener extends Waiter<Boolean> {
    @Override
    protected void expire(String reason) {
      serve(false);
    }
  }

  private final Confinement confinement = new Confinement();
  private final Waiters<Listener> waiters = new Waiters<>(confinement, "no signal");

  /** Creates a condition without waiters. */
  public Condition() {}

  /**
   * Returns a future that completes with true when a signal reaches it. Cancelling it ends the
   * wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Condition.wait}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public Future<Boolean> await() {
    confinement.check("await()");
    return waiters.add(new Listener()).future();
  }

  /**
   * As {@link #await()}, but waits at most {@code timeout}. Zero or less gives false at once,
   * because signals are not remembered.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Condition.wait}.
   *
   * @return a future that is true if a signal came in time, else false
   * @throws IllegalStateException if called from another thread
   */
  public Future<Boolean> await(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("await()");
    return waiters.add(new Listener(), timeout).future();
  }

  /** As {@link #signal(int)}, for one waiter. Tornado: {@code Condition.notify}. */
  public void signal() {
    signal(1);
  }

  /**
   * Wakes up to {@code n} waiters, longest-waiting first; all are chosen before any is notified.
   * Waiters that timed out or were cancelled do not count.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Condition.notify}.
   *
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IllegalStateException if called from another thread
   */
  public void signal(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("n < 0: " + n);
    }
    confinement.check("signal()");
    int left = n;
    while (left > 0 && !waiters.isEmpty()) {
      // A waiter that an earlier one's callback has cancelled passes its signal on.
      for (Listener chosen : waiters.take(left)) {
        if (chosen.serve(true)) {
          left--;
        }
      }
    }
  }

  /**
   * Wakes all current waiters.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Condition.notify_all}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public void signalAll() {
    confinement.check("signalAll()");
    waiters.takeAll().forEach(chosen -> chosen.serve(true));
  }

  @Override
  public String toString() {
    return "Condition[waiting=" + waiters.size() + "]";
  }
}
