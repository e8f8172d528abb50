package dev.ioloop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The future of a coroutine: done when the body has ended. Cancelling it is a request. */
final class CoroutineFuture<T extends @Nullable Object> extends Future<T> {
  private final Runner<T> runner;

  /** How many dependents belong to time limits of the JDK, which wait for nothing. */
  private volatile int limits;

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
  int limits() {
    return limits;
  }

  @Override
  public synchronized CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
    ThreadState state = ThreadState.get();
    state.unlooked = this;
    super.orTimeout(timeout, unit);
    return limited(state);
  }

  @Override
  public synchronized CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    ThreadState state = ThreadState.get();
    state.unlooked = this;
    super.completeOnTimeout(value, timeout, unit);
    return limited(state);
  }

  /** Counts a limit, unless this future was already done and created no dependent for it. */
  private CompletableFuture<T> limited(ThreadState state) {
    if (state.unlooked == this) {
      state.unlooked = null;
    } else {
      limits++;
    }
    return this;
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
