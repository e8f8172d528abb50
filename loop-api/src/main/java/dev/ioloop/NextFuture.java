package dev.ioloop;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of one {@link WaitIterator#next}. It knows whether somebody has looked at its outcome.
 */
final class NextFuture<T extends @Nullable Object> extends Future<T> {
  private boolean looked;

  // Guarded by this.
  private @Nullable WaitIterator<T> iterator;
  private boolean hasDependents;

  NextFuture(WaitIterator<T> iterator) {
    this.iterator = iterator;
  }

  /**
   * Called when somebody begins to wait: makes the iterator's futures hold the iterator strongly.
   */
  synchronized void hold() {
    if (iterator != null) {
      iterator.setAwaited(true);
    }
  }

  /** Called when somebody has stopped waiting. */
  synchronized void release() {
    if (iterator != null && !hasDependents && isAwaitedOnlyBy(null)) {
      iterator.setAwaited(false);
    }
  }

  /** Called when the iterator no longer needs this future. */
  private synchronized void leave() {
    if (iterator != null) {
      iterator.setAwaited(false);
      iterator = null;
    }
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    synchronized (this) {
      hasDependents = true;
      hold();
    }
    return super.newIncompleteFuture();
  }

  @Override
  public boolean complete(T value) {
    leave();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    leave();
    return super.completeExceptionally(failure);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    leave();
    return super.cancel(mayInterruptIfRunning);
  }

  @Override
  boolean askForFailure() {
    looked = true;
    return super.askForFailure();
  }

  boolean isLookedAt() {
    return looked;
  }
}
