package dev.ioloop.locks;

import dev.ioloop.Future;
import java.time.Duration;

/**
 * A lock for coroutines. One coroutine holds it at a time, even while it awaits; the others wait in
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
 * <p>It has no owner: any code may unlock it by closing the {@link Releaser} or calling {@link
 * #release}. It is not reentrant: a coroutine that acquires it twice deadlocks. For a time limit
 * use {@link #acquire(Duration)}, because {@code withTimeout} around {@link #acquire()} does not
 * leave the line.
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.Lock}.
 */
public final class Lock {
  private final Semaphore permit =
      new Semaphore(1, 1, "lock not acquired", "release() of an unlocked lock");

  /** Creates an unlocked lock. */
  public Lock() {}

  /**
   * Acquires the lock: at once if it is free, otherwise after the earlier waiters. Cancelling the
   * returned future leaves the line.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Lock.acquire}.
   *
   * @return a future of the handle that releases the lock
   * @throws IllegalStateException if called from another thread
   */
  public Future<Releaser> acquire() {
    return permit.acquire();
  }

  /**
   * As {@link #acquire()}, but waits at most {@code timeout}; zero or less does not wait.
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
   * Releases the lock, and hands it to the first waiter if there is one. Closing the {@link
   * Releaser} does the same; do only one of the two.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Lock.release}.
   *
   * @throws IllegalStateException if called from another thread, or if the lock is not held
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
