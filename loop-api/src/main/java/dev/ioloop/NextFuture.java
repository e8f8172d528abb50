package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** One {@link WaitIterator#next}, which knows whether somebody has looked at its outcome. */
final class NextFuture<T extends @Nullable Object> extends Future<T> {
  private boolean looked;

  /** Every look begins with this question. */
  @Override
  public boolean isCompletedExceptionally() {
    looked |= isDone();
    return super.isCompletedExceptionally();
  }

  boolean isLookedAt() {
    return looked;
  }

  /** Forgets what was asked while it was completed, where nobody waited for it. */
  void forgetLooks() {
    looked = false;
  }
}
