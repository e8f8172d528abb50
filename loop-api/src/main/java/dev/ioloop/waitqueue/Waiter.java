package dev.ioloop.waitqueue;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.Timeout;
import dev.ioloop.diagnostics.Described;
import dev.ioloop.iteration.Withdrawal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One place in {@link Waiters}: a pending future, and the timeout that may limit the wait. It is
 * itself the release that gives up the place when the future is cancelled, or completed by its
 * user.
 */
public class Waiter<T extends @Nullable Object> implements Withdrawal, Described {
  private final Future<T> future = Future.owned(this);
  private @Nullable IOLoop loop;
  private @Nullable Timeout timeout;

  /** The line, in which this waiter stands while {@link #listed}, and its neighbours there. */
  @Nullable Waiters<?> waiters;

  boolean listed;
  @Nullable Waiter<?> previous;
  @Nullable Waiter<?> next;

  /** Creates a waiter that is not in a line yet. */
  public Waiter() {}

  /** Returns the future that the waiting code awaits. */
  public final Future<T> future() {
    return future;
  }

  /**
   * Ends the wait with {@code result}. Returns false if the wait had already ended; then the caller
   * keeps the result.
   */
  public final boolean serve(T result) {
    leave();
    return future.complete(result);
  }

  /** Ends the wait with {@code failure}. Returns false if the wait had already ended. */
  public final boolean fail(Throwable failure) {
    leave();
    return future.completeExceptionally(failure);
  }

  /** Ends the wait because it timed out. */
  protected void expire(String reason) {
    fail(new LoopTimeoutException(reason));
  }

  final void limit(IOLoop loop, Duration length, Runnable expiry) {
    this.loop = loop;
    timeout = loop.callLater(length, expiry);
  }

  /**
   * Called, on any thread, when the future is done. A thread other than the loop's sees at least
   * the state in which the future was handed out; at worst it then leaves the line needlessly.
   */
  @Override
  public final void run() {
    Waiters<?> line = waiters;
    if (line != null && (listed || timeout != null)) {
      line.confinement.execute(this::leave);
    }
  }

  @Override
  public String toString() {
    return waiters == null ? "no wait" : waiters.describe(this);
  }

  private void leave() {
    Waiters<?> line = waiters;
    if (line != null && listed) {
      line.remove(this);
    }
    if (loop != null && timeout != null) {
      removeTimeout(loop, timeout);
      timeout = null;
    }
  }

  // The object may belong to another loop by now, if the loop of the timeout was stopped.
  private static void removeTimeout(IOLoop loop, Timeout timeout) {
    if (Confinement.mayUse(loop)) {
      loop.removeTimeout(timeout);
    } else {
      loop.addCallback(() -> loop.removeTimeout(timeout));
    }
  }
}
