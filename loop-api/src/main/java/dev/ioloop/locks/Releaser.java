package dev.ioloop.locks;

/**
 * A permit of a {@link Semaphore} or {@link Lock} that closing releases. Meant for
 * try-with-resources:
 *
 * <pre>{@code
 * try (var held = await(lock.acquire())) {
 *   await(print("alone"));
 * }
 * }</pre>
 *
 * <p>Tornado: the context manager that {@code acquire} returns.
 */
public interface Releaser extends AutoCloseable {

  /**
   * Releases the permit. A second call does nothing.
   *
   * <p>Call from the loop's thread only.
   *
   * @throws IllegalStateException if called from another thread, or if {@code release} was already
   *     called for this permit and no permit is in use now
   */
  @Override
  void close();
}
