package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** The future of a coroutine: done when the body has ended. Cancelling it is a request. */
final class CoroutineFuture<T extends @Nullable Object> extends Future<T> {
  private final Runner<T> runner;

  CoroutineFuture(Runner<T> runner) {
    this.runner = runner;
  }

  Runner<T> runner() {
    return runner;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return !isDone() && runner.cancel();
  }

  @Override
  String describe() {
    return runner.toString();
  }

  @Override
  public String toString() {
    return super.toString() + " of the " + runner;
  }
}
