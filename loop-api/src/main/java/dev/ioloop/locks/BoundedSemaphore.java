package dev.ioloop.locks;

/**
 * A {@link Semaphore} that never has more permits than it was created with. Releasing a permit that
 * was not taken is an error.
 *
 * <pre>{@code
 * BoundedSemaphore slots = new BoundedSemaphore(2);
 * try (var held = await(slots.acquire())) {
 *   await(print("working"));
 * }
 * // One more slots.release() would be refused: there never were three.
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code locks.BoundedSemaphore}.
 */
public final class BoundedSemaphore extends Semaphore {

  /**
   * Creates a semaphore with {@code permits} permits.
   *
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public BoundedSemaphore(int permits) {
    super(
        permits,
        permits,
        "no permit",
        "release() without an acquire(): all "
            + permits
            + " permits of the semaphore are available");
  }
}
