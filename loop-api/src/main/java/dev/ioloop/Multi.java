package dev.ioloop;

import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The future of {@link Gen#multi}. It is itself the callback of each child. */
final class Multi<R> extends Future<R> implements Relay {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  private final Collection<? extends Future<?>> children;
  private final Supplier<R> results;

  /** Guarded by this. */
  private int pending;

  private Multi(Collection<? extends Future<?>> children, Supplier<R> results) {
    this.children = children;
    this.results = results;
    this.pending = children.size() + 1;
  }

  /**
   * Returns a future that is done when all {@code children} are.
   *
   * @param results computes the result if none of them failed
   */
  static <R> Future<R> join(Collection<? extends Future<?>> children, Supplier<R> results) {
    Multi<R> multi = new Multi<>(children, results);
    int done = 1;
    for (Future<?> child : children) {
      if (!child.addWaiter(multi)) {
        done++;
      }
    }
    Object taken = multi.countDown(done);
    if (taken != null) {
      multi.runCallbacks(taken);
    }
    return multi;
  }

  @Override
  public Future<?> follower() {
    return this;
  }

  @Override
  public @Nullable Object relay(Future<?> child) {
    return countDown(1);
  }

  /** Counts children that are done. They may be completed on any thread. */
  private @Nullable Object countDown(int done) {
    synchronized (this) {
      pending -= done;
      if (pending > 0) {
        return null;
      }
    }
    Throwable first = null;
    for (Future<?> child : children) {
      Throwable failure = child.exception();
      if (failure != null && first == null) {
        first = failure;
      } else if (failure != null && failure != first) {
        LOG.log(
            System.Logger.Level.ERROR,
            "Several futures of one multi() failed; a later one",
            failure);
      }
    }
    return end(first == null ? results.get() : null, first);
  }

  @Override
  Collection<? extends Future<?>> sources() {
    return children;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (isCancelled()) {
      leave();
    }
    return cancelled;
  }

  @Override
  public boolean complete(R value) {
    boolean completed = super.complete(value);
    if (completed) {
      leave();
    }
    return completed;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean completed = super.completeExceptionally(failure);
    if (completed) {
      leave();
    }
    return completed;
  }

  private void leave() {
    for (Future<?> child : children) {
      child.removeWaiter(this);
    }
  }
}
