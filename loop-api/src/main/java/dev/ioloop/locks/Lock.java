package dev.ioloop.locks;

import dev.ioloop.Future;
import java.time.Duration;

/**
 * A lock for coroutines, which one of them has at a time, also while it awaits. The others wait in
 * line.
 *
 * <pre>{@code
 * private final Lock lock = new Lock();
 *
 * Future<Void> send(String head, String body) {
 *   return coroutine(
 *       () -> {
 *         try (var held = await(lock.acquire())) {
 *           await(print(head));
 *           await(print(body));
 *         }
 *       });
 * }
 * }</pre>
 *
 * <p>It has no owner: whoever has the {@link Releaser}, or calls {@link #release}, may unlock it,
 * and a coroutine that takes it twice waits for itself. For a time limit use {@link
 * #acquire(Duration)}: {@code withTimeout} around {@link #acquire()} does not leave the line.
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.Lock}.
 */
public final class Lock {
  private final Semaphore permit =
      new Semaphore(1, 1, "lock not acquired", "release() of an unlocked lock");

  /** Makes an unlocked lock. */
  public Lock() {}

  /**
   * Locks: at once where the lock is free, else when those who came before have had it. Cancelling
   * the returned future gives the place in the line up.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Lock.acquire}.
   *
   * @return a future of what unlocks
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire() {
    return permit.acquire();
  }

  /**
   * As {@link #acquire()}, but waits for {@code timeout} at most; for zero or less not at all.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Lock.acquire}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if the lock was not
   *     free in time
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire(Duration timeout) {
    return permit.acquire(timeout);
  }

  /**
   * Unlocks, or hands the lock to the first waiter, where there is one. Closing the {@link
   * Releaser} does the same; do one of the two.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Lock.release}.
   *
   * @throws IllegalStateException if called from another thread or if the lock is not locked
   */
  public void release() {
    permit.release();
  }

  @Override
  public String toString() {
    return "Lock["
        + (permit.available() == 0 ? "locked" : "unlocked")
        + ", waiting="
        + permit.waiting()
        + "]";
  }
}
