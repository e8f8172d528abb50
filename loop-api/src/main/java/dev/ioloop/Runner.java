package dev.ioloop;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives one coroutine: runs its body until it awaits a future, waits for that future through the
 * loop, and resumes the body with the outcome. It is itself the callback of the awaited future and
 * the one that the loop runs, so a suspension allocates nothing here. Tornado: {@code gen.Runner}.
 *
 * <p>Between two segments exactly one resumption is on its way: from the awaited future, from
 * {@link Gen#moment}, or from a cancellation that withdrew this runner from the awaited future. A
 * cancellation that comes too late for that is raised at the next {@code await} that would wait.
 */
final class Runner<T extends @Nullable Object>
    implements Fiber.Body, Runnable, Consumer<Future<?>> {

  /** How far the one cancellation of this coroutine has come. */
  private enum Cancellation {
    NONE,
    /** Asked for; to be raised at the next await, or passed on to what the body waits for. */
    REQUESTED,
    /** Raised in the body, or about to be. */
    RAISED
  }

  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  private final IOLoop loop;
  private final Callable<T> callable;
  private final CoroutineFuture<T> future;
  private final Fiber fiber;
  private boolean ended;

  /** What the body waits for. Null while a segment runs, and after the end. */
  private @Nullable Future<?> awaiting;

  /** What the present await shall throw instead of the outcome of the awaited future. */
  private @Nullable Throwable raise;

  private Cancellation cancellation = Cancellation.NONE;
  private @Nullable T result;
  private @Nullable Throwable failure;

  /** Neighbours in the loop's {@link SuspendedCoroutines}. */
  @Nullable Runner<?> previous;

  @Nullable Runner<?> next;
  boolean listed;

  private Runner(IOLoop loop, Callable<T> callable) {
    this.loop = loop;
    this.callable = callable;
    this.future = new CoroutineFuture<>(this);
    this.fiber = loop.fibers.take(this);
  }

  /** Starts a coroutine; its first segment runs before this returns. */
  static <T extends @Nullable Object> Future<T> start(
      ThreadState state, IOLoop loop, Callable<T> callable) {
    Runner<T> runner = new Runner<>(loop, callable);
    runner.runSegment(state);
    return runner.future;
  }

  @Override
  public void runBody() {
    try {
      result = callable.call();
    } catch (Throwable e) {
      failure = e;
    }
  }

  @Override
  public <R extends @Nullable Object> R await(Future<R> awaited) {
    if (awaited.isDone() && awaited != Gen.moment) {
      return outcome(awaited);
    }
    if (cancellation == Cancellation.REQUESTED) {
      if (!passesOn(awaited, null)) {
        cancellation = Cancellation.RAISED;
        throw cancelled();
      }
      awaited.cancel(true);
    }
    awaiting = awaited;
    try {
      fiber.suspend();
    } finally {
      awaiting = null;
    }
    if (raise != null) {
      Throwable raised = raise;
      raise = null;
      throw Sneaky.raise(raised);
    }
    if (cancellation == Cancellation.REQUESTED && awaited.isCancelled()) {
      cancellation = Cancellation.RAISED;
    }
    return outcome(awaited);
  }

  private <R extends @Nullable Object> R outcome(Future<R> done) {
    if (done.isCompletedExceptionally()) {
      AwaitTrace.attach(done.exception(), this);
    }
    return done.take();
  }

  /** Called when the awaited future is done, by whoever completes it. */
  @Override
  public void accept(Future<?> done) {
    loop.addCallback(this);
  }

  /** Resumes the body. Called by the loop. */
  @Override
  public void run() {
    runSegment(loop.threadState());
  }

  private void runSegment(ThreadState state) {
    fiber.resume(state);
    if (fiber.ended()) {
      end();
    } else {
      waitForAwaited();
    }
  }

  private void waitForAwaited() {
    if (!listed) {
      loop.suspended.add(this);
    }
    if (awaiting == Gen.moment || !awaiting.addWaiter(this)) {
      loop.addCallback(this);
    }
  }

  private void end() {
    ended = true;
    if (listed) {
      loop.suspended.remove(this);
    }
    loop.fibers.give(fiber);
    Throwable failed = failure;
    if (failed == null) {
      if (cancellation == Cancellation.RAISED) {
        LOG.log(System.Logger.Level.DEBUG, "{0} was cancelled and ended with a result", this);
      }
      future.complete(result);
    } else {
      if (!future.completeExceptionally(failed) && !(failed instanceof CancellationException)) {
        LOG.log(System.Logger.Level.ERROR, this + " failed after its future was completed", failed);
      }
      IOLoop.rethrowFatal(failed);
    }
  }

  /** Asks the body to end; see {@link Gen#coroutine}. Safe to call from any thread. */
  boolean cancel() {
    if (loop.isInLoop()) {
      requestCancellation();
    } else {
      loop.addCallback(this::requestCancellation);
    }
    return true;
  }

  private void requestCancellation() {
    if (ended || cancellation != Cancellation.NONE) {
      return;
    }
    cancellation = Cancellation.REQUESTED;
    Future<?> awaited = awaiting;
    if (awaited == null) {
      return;
    }
    if (passesOn(awaited, this)) {
      awaited.cancel(true);
    } else if (awaited == Gen.moment) {
      cancellation = Cancellation.RAISED;
      raise = cancelled();
    } else if (awaited.removeWaiter(this)) {
      cancellation = Cancellation.RAISED;
      raise = cancelled();
      loop.addCallback(this);
    }
  }

  /** Returns whether a cancellation goes to {@code awaited}, for which nobody but us waits. */
  private boolean passesOn(Future<?> awaited, @Nullable Runner<?> waiter) {
    if (!awaited.isAwaitedOnlyBy(waiter)) {
      return false;
    }
    if (awaited instanceof CoroutineFuture<?> coroutine) {
      // Where it was asked for there and not raised yet, the waits may form a circle.
      return coroutine.runner().cancellation != Cancellation.REQUESTED;
    }
    return awaited instanceof OwnedFuture;
  }

  private CancellationException cancelled() {
    return new CancellationException(this + " was cancelled");
  }

  /** Resumes the body, which is suspended, with a cancellation, whatever it waits for. */
  void abort() {
    Future<?> awaited = awaiting;
    if (awaited != null) {
      awaited.removeWaiter(this);
      cancellation = Cancellation.RAISED;
      raise = cancelled();
      run();
    }
  }

  /** Returns the frames of the suspended body from its await on, innermost first. */
  StackTraceElement[] stackTrace() {
    return fiber.stackTrace();
  }

  @Override
  public String toString() {
    return "coroutine of " + Bodies.name(callable);
  }
}
