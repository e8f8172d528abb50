package dev.ioloop;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits for several futures at once, for {@link Gen#multi}. */
final class Multi<R> implements Consumer<Future<?>> {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  private final Collection<? extends Future<?>> children;
  private final Supplier<R> results;
  private final Future<R> outcome;
  private int pending;

  private Multi(Collection<? extends Future<?>> children, Supplier<R> results) {
    this.children = children;
    this.outcome = new JoinFuture<>(children);
    this.results = results;
    this.pending = children.size() + 1;
  }

  /**
   * Returns a future that is done when all of {@code children} are.
   *
   * @param results makes the result when none of them failed
   */
  static <R> Future<R> join(Collection<? extends Future<?>> children, Supplier<R> results) {
    Multi<R> multi = new Multi<>(children, results);
    for (Future<?> child : children) {
      child.addDoneCallback(multi);
    }
    multi.countDown();
    return multi.outcome;
  }

  @Override
  public void accept(Future<?> child) {
    countDown();
  }

  /** The children may be completed by any threads. */
  private void countDown() {
    synchronized (this) {
      if (--pending > 0) {
        return;
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
    if (first == null) {
      outcome.complete(results.get());
    } else {
      outcome.completeExceptionally(first);
    }
  }
}
