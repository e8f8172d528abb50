package dev.ioloop;

import org.jspecify.annotations.Nullable;

/**
 * A future that exists for its one awaiter, such as a sleep: cancelling the coroutine that awaits
 * it cancels it too, and that gives back what it holds.
 */
final class OwnedFuture<T extends @Nullable Object> extends Future<T> {
  private final Runnable release;

  /**
   * Makes a pending future.
   *
   * @param release run when it was cancelled
   */
  OwnedFuture(Runnable release) {
    this.release = release;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean pending = !isDone();
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (pending && cancelled) {
      release.run();
    }
    return cancelled;
  }
}
