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
 * itself what gives the place up when the future is cancelled, or completed by its user.
 */
public class Waiter<T extends @Nullable Object> implements Withdrawal, Described {
  private final Future<T> future = Future.owned(this);
  private @Nullable IOLoop loop;
  private @Nullable Timeout timeout;

  /** The line, which this one stands in while {@link #listed}, and its neighbours there. */
  @Nullable Waiters<?> waiters;

  boolean listed;
  @Nullable Waiter<?> previous;
  @Nullable Waiter<?> next;

  /** Makes one that is in no line yet. */
  public Waiter() {}

  /** Returns what the one who waits awaits. */
  public final Future<T> future() {
    return future;
  }

  /**
   * Ends the wait with {@code result}; false if it has ended, and the result is still one's own.
   */
  public final boolean serve(T result) {
    leave();
    return future.complete(result);
  }

  /** Ends the wait with {@code failure}; false if it has ended already. */
  public final boolean fail(Throwable failure) {
    leave();
    return future.completeExceptionally(failure);
  }

  /** Ends the wait because its time is over. */
  protected void expire(String reason) {
    fail(new LoopTimeoutException(reason));
  }

  final void limit(IOLoop loop, Duration length, Runnable expiry) {
    this.loop = loop;
    timeout = loop.callLater(length, expiry);
  }

  /**
   * Called when the future has ended, on whatever thread. Another thread than the loop's sees at
   * least what was so when the future was handed out, and then leaves in vain at worst.
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

  // What is waited for may have gone to another loop since that of the timeout was stopped.
  private static void removeTimeout(IOLoop loop, Timeout timeout) {
    if (Confinement.mayUse(loop)) {
      loop.removeTimeout(timeout);
    } else {
      loop.addCallback(() -> loop.removeTimeout(timeout));
    }
  }
}
