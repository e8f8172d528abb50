package dev.ioloop.locks;

/**
 * One permit of a {@link Semaphore} or {@link Lock}, to be given back. Made for try-with-resources:
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
   * Gives the permit back. A second call does nothing.
   *
   * <p>Call from the loop's thread only.
   *
   * @throws IllegalStateException if called from another thread, or if {@code release} gave the
   *     permit back already and there is none to give back now
   */
  @Override
  void close();
}
