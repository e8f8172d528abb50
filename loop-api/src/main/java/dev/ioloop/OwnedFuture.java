package dev.ioloop;

import dev.ioloop.diagnostics.Described;
import dev.ioloop.iteration.Withdrawal;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A future that exists for its only awaiter, such as a sleep. Cancelling the coroutine that awaits
 * it cancels the future too, and the release gives back what the future holds.
 */
final class OwnedFuture<T extends @Nullable Object> extends Future<T> {
  /** The release of a future that follows another one. */
  interface Following extends Withdrawal {
    Future<?> source();
  }

  private final Runnable release;

  /**
   * Creates a pending future.
   *
   * @param release runs if the future is cancelled
   */
  OwnedFuture(Runnable release) {
    this.release = release;
  }

  @Override
  Collection<? extends Future<?>> sources() {
    return release instanceof Following following ? List.of(following.source()) : List.of();
  }

  @Override
  @Nullable String purpose() {
    return release instanceof Described ? release.toString() : null;
  }

  @Override
  public boolean complete(T value) {
    boolean completed = super.complete(value);
    if (completed && release instanceof Withdrawal) {
      release.run();
    }
    return completed;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean completed = super.completeExceptionally(failure);
    if (completed && release instanceof Withdrawal) {
      release.run();
    }
    return completed;
  }

  /** Only the caller that completes the future runs the release, so it runs once. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (super.completeExceptionally(new CancellationException())) {
      release.run();
      return true;
    }
    return isCancelled();
  }

  /** Completes the future internally: the release does not run. */
  void settle(@Nullable T value, @Nullable Throwable failure) {
    Object taken = end(value, failure);
    if (taken != null) {
      runCallbacks(taken);
    }
  }
}
