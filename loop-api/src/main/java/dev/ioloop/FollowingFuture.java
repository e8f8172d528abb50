package dev.ioloop;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A future with the outcome of another one, its source. It is itself the callback of the source,
 * and unregisters there if it is completed first.
 */
final class FollowingFuture<T extends @Nullable Object> extends Future<T> implements Relay {
  /** The future that this one follows; null once this future is done. */
  private volatile @Nullable Future<T> source;

  private FollowingFuture(Future<T> source) {
    this.source = source;
  }

  /**
   * Returns a future with the outcome of {@code source}. Completing it does not affect {@code
   * source}.
   */
  static <T extends @Nullable Object> Future<T> of(Future<T> source) {
    FollowingFuture<T> follower = new FollowingFuture<>(source);
    if (!source.addWaiter(follower)) {
      follower.relay(source);
    }
    return follower;
  }

  @Override
  public Future<?> follower() {
    return this;
  }

  @Override
  public @Nullable Object relay(Future<?> done) {
    source = null;
    return takeOver(done);
  }

  @Override
  Collection<? extends Future<?>> sources() {
    Future<T> followed = source;
    return followed == null ? List.of() : List.of(followed);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    leave();
    return cancelled;
  }

  @Override
  public boolean complete(T value) {
    boolean completed = super.complete(value);
    leave();
    return completed;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean completed = super.completeExceptionally(failure);
    leave();
    return completed;
  }

  private void leave() {
    Future<T> followed = source;
    if (followed != null) {
      source = null;
      followed.removeWaiter(this);
    }
  }
}
