package dev.ioloop.locks;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flag that coroutines wait for. Nobody waits while it is set.
 *
 * <pre>{@code
 * Event ready = new Event();
 * Future<Void> waiting =
 *     coroutine(
 *         () -> {
 *           await(ready.await());
 *           System.out.println("ready");
 *         });
 * ready.set();
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.Event}.
 */
public final class Event {
  private final Confinement confinement = new Confinement();
  private final Waiters<Waiter<@Nullable Void>> waiters =
      new Waiters<>(confinement, "event not set");
  private boolean set;

  /** Creates an event that is not set. */
  public Event() {}

  /** Returns whether the event is set. Tornado: {@code Event.is_set}. */
  public boolean isSet() {
    return set;
  }

  /**
   * Sets the event and wakes all current waiters, even if it is cleared right afterwards. Does
   * nothing if it is already set.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Event.set}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public void set() {
    confinement.check("set()");
    set = true;
    for (Waiter<@Nullable Void> waiter : waiters.takeAll()) {
      waiter.serve(null);
    }
  }

  /**
   * Clears the event: later calls of {@link #await()} wait until the next {@link #set}.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Event.clear}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public void clear() {
    confinement.check("clear()");
    set = false;
  }

  /**
   * Returns a future that is done when the event is set, or at once if it is already. Cancelling it
   * ends the wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Event.wait}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public Future<@Nullable Void> await() {
    confinement.check("await()");
    return set ? Future.succeeded(null) : waiters.add(new Waiter<>()).future();
  }

  /**
   * As {@link #await()}, but waits at most {@code timeout}; zero or less does not wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Event.wait}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if the event was not
   *     set in time
   * @throws IllegalStateException if called from another thread
   */
  public Future<@Nullable Void> await(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("await()");
    return set ? Future.succeeded(null) : waiters.add(new Waiter<>(), timeout).future();
  }

  @Override
  public String toString() {
    return "Event[" + (set ? "set" : "not set") + ", waiting=" + waiters.size() + "]";
  }
}
