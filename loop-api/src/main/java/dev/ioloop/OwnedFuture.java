package dev.ioloop;

import dev.ioloop.waiting.Described;
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
  interface Following {
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

  /** Whoever ends it runs the release, and so that runs once. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (completeExceptionally(new CancellationException())) {
      release.run();
      return true;
    }
    return isCancelled();
  }
}
