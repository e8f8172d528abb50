package dev.ioloop;

import dev.ioloop.diagnostics.Described;
import dev.ioloop.iteration.Withdrawal;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A future that exists for its one awaiter, such as a sleep: cancelling the coroutine that awaits
 * it cancels it too, and that gives back what it holds.
 */
final class OwnedFuture<T extends @Nullable Object> extends Future<T> {
  /** A release of what follows from another future. */
  interface Following extends Withdrawal {
    Future<?> source();
  }

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

  /** Whoever ends it runs the release, and so that runs once. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (super.completeExceptionally(new CancellationException())) {
      release.run();
      return true;
    }
    return isCancelled();
  }

  /** Ends it from inside: the release is not run. */
  void settle(@Nullable T value, @Nullable Throwable failure) {
    Object taken = end(value, failure);
    if (taken != null) {
      notifyAll(taken);
    }
  }
}
