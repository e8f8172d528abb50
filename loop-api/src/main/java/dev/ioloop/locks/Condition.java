package dev.ioloop.locks;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.Objects;

/**
 * Lets coroutines wait until another one says that they may look again. It has no memory: a signal
 * that finds nobody waiting is lost. It needs no lock, because coroutines of one loop change places
 * only where they await.
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
 * {@code notify} are taken in Java.
 */
public final class Condition {

  /** One who is told false when its time is over. */
  private static final class Listener extends Waiter<Boolean> {
    @Override
    protected void expire(String reason) {
      serve(false);
    }
  }

  private final Confinement confinement = new Confinement();
  private final Waiters<Listener> waiters = new Waiters<>(confinement, "no signal");

  /** Makes a condition that nobody waits for. */
  public Condition() {}

  /**
   * Returns a future that is done, with true, when a signal reaches it. Cancelling it ends the
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
   * As {@link #await()}, but waits for {@code timeout} at most. Zero or less gives false at once: a
   * signal is never there already.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Condition.wait}.
   *
   * @return a future of whether there was a signal in time
   * @throws IllegalStateException if called from another thread
   */
  public Future<Boolean> await(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("await()");
    return waiters.add(new Listener(), timeout).future();
  }

  /** As {@link #signal(int)}, for one. Tornado: {@code Condition.notify}. */
  public void signal() {
    signal(1);
  }

  /**
   * Lets those go on who have waited longest, {@code n} of them or as many as there are. They are
   * chosen before the first of them is told. Those who timed out or were cancelled do not count.
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
      // One that was cancelled by what another one did when it was told passes its signal on.
      for (Listener chosen : waiters.take(left)) {
        if (chosen.serve(true)) {
          left--;
        }
      }
    }
  }

  /**
   * Lets all go on who wait now.
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
