package dev.ioloop;

import dev.ioloop.diagnostics.Plumbing;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Runs a body as a coroutine and cancels it when its time is over, for {@link Gen#timeout}. */
@Plumbing
record TimeoutBody<T extends @Nullable Object>(IOLoop loop, Duration delay, Callable<T> body)
    implements Callable<T>, Bodies.Wrapper {

  /** The body; refuses a result that is a pending stage. */
  private record Checked<T extends @Nullable Object>(Callable<T> body)
      implements Callable<T>, Bodies.Wrapper {
    @Override
    public T call() throws Exception {
      T result = body.call();
      if (Bodies.isPending(result)) {
        throw new IllegalStateException(
            "the body of timeout() returned a stage that is not done, which the timeout would not"
                + " limit; await it in the body, or use withTimeout()");
      }
      return result;
    }
  }

  @Override
  public T call() {
    Future<T> inner = Gen.coroutine(new Checked<>(body));
    boolean[] expired = new boolean[1];
    Timeout timer = loop.callLater(delay, () -> expired[0] = inner.cancel(true));
    try {
      return Gen.await(inner);
    } catch (CancellationException e) {
      if (expired[0] && !Runner.isPresentOneCancelled()) {
        throw new LoopTimeoutException("the body had not ended after " + delay);
      }
      throw e;
    } finally {
      loop.removeTimeout(timer);
    }
  }
}
