package dev.ioloop;

import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.FlightEvents;
import dev.ioloop.diagnostics.MonitorCheck;
import dev.ioloop.diagnostics.Origins;
import dev.ioloop.diagnostics.Plumbing;
import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.Fibers;
import dev.ioloop.fiber.Sneaky;
import dev.ioloop.iteration.IterationRunner;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives one coroutine: runs its body until it awaits a future, waits for that future through the
 * loop, and resumes the body with the outcome. The runner itself is the callback of the awaited
 * future and the callback that the loop runs, so a suspension allocates nothing here. Tornado:
 * {@code gen.Runner}.
 *
 * <p>Between two segments exactly one resumption is pending: from the awaited future, from {@link
 * Gen#moment}, or from a cancellation that withdrew this runner from the awaited future. A
 * cancellation that comes too late for that is raised at the next {@code await} that would wait.
 */
@Plumbing
final class Runner<T extends @Nullable Object>
    implements AwaitingBody, Runnable, Consumer<Future<?>> {

  /** The state of the cancellation of this coroutine, of which there is at most one. */
  private enum Cancellation {
    NONE,
    /** Requested; to be raised at the next await, or passed on to what the body waits for. */
    REQUESTED,
    /** Raised in the body, or about to be. */
    RAISED
  }

  private static final int MAX_WAITED_FOR = 1_000;

  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  private final IOLoop loop;
  private final Callable<T> callable;
  private final CoroutineFuture<T> future;

  /**
   * Whether the coroutine was spawned, so that nobody is expected to await it and its failure is
   * reported at once.
   */
  private final boolean spawned;

  /** The fiber that runs the body; null until the body begins. */
  private @Nullable Fiber fiber;

  private boolean ended;

  /** The future that the body waits for; null while a segment runs, and after the end. */
  private @Nullable Future<?> awaiting;

  /** The exception that the present await must throw instead of returning the outcome. */
  private @Nullable Throwable raise;

  private Cancellation cancellation = Cancellation.NONE;

  @SuppressWarnings("NullAway.Init") // Set when the body returns, and read only after that.
  private T result;

  private @Nullable Throwable failure;

  /** The context of the body while it is suspended, and the context around it while it runs. */
  private @Nullable Context context;

  private @Nullable Context outerContext;

  /**
   * When the body was suspended, by {@link IOLoop#clock}, in 40 bits, which last 36 years. The high
   * byte fits into the object's padding; a long would take eight bytes more.
   */
  private int since;

  private byte sinceHigh;

  /** Neighbours in the loop's {@link SuspendedCoroutines}. */
  @Nullable Runner<?> previous;

  @Nullable Runner<?> next;
  boolean listed;

  private Runner(IOLoop loop, Callable<T> callable, boolean spawned) {
    this.loop = loop;
    this.callable = callable;
    this.spawned = spawned;
    this.future = new CoroutineFuture<>(this);
    if (Origins.ENABLED) {
      Origins.note(this, ThreadState.get().fiber());
    }
    if (Context.inUse) {
      context = Context.capture(ThreadState.get());
    }
  }

  /**
   * Starts a coroutine; its first segment runs before this method returns. If the coroutine may not
   * begin because the loop is closing, it is ended later, through the loop. So a done callback that
   * starts another coroutine each time needs no more stack.
   */
  static <T extends @Nullable Object> Future<T> start(
      ThreadState state, IOLoop loop, Callable<T> callable) {
    Runner<T> runner = new Runner<>(loop, callable, false);
    if (loop.isClosing() && state.fiber() == null) {
      loop.post(runner);
    } else {
      runner.begin(state);
    }
    return runner.future;
  }

  /** Creates a coroutine that starts in the loop's next iteration. Safe to call from any thread. */
  static <T extends @Nullable Object> Future<T> spawn(IOLoop loop, Callable<T> callable) {
    Fibers.engine(); // Throws here, not in the loop, if the engine is not available.
    Runner<T> runner = new Runner<>(loop, callable, true);
    loop.post(runner);
    return runner.future;
  }

  private void begin(ThreadState state) {
    if (Flight.coroutines) {
      FlightEvents.coroutineStart(this);
    }
    if (cancellation == Cancellation.REQUESTED) {
      drop();
    } else {
      Fiber taken = loop.fibers.take(this);
      fiber = taken;
      if (!spawned) {
        prepareInside(taken, state);
      }
      runSegment(taken, state);
    }
  }

  private void prepareInside(Fiber fiber, ThreadState state) {
    try {
      fiber.prepareInside(state);
    } catch (StackOverflowError e) {
      loop.fibers.give(fiber);
      throw e;
    }
  }

  @Override
  public void runBody() {
    if (Context.inUse) {
      enterContext();
    }
    try {
      result = callable.call();
    } catch (Throwable e) {
      failure = e;
    }
    if (Context.inUse) {
      leaveContext();
    }
  }

  // Contexts are swapped on the thread that runs the body, which may not be the loop's.

  private void enterContext() {
    outerContext = Context.swap(ThreadState.get(), context);
  }

  private void leaveContext() {
    context = Context.swap(ThreadState.get(), outerContext);
  }

  @Override
  public <R extends @Nullable Object> R await(Future<R> awaited) {
    if (!awaited.isDone() || awaited == Gen.moment) {
      waitFor(awaited);
    }
    Throwable failed = awaited.isCompletedExceptionally() ? awaited.exception() : null;
    if (failed != null) {
      AwaitTrace.attach(failed, this);
    }
    return awaited.take();
  }

  @Override
  public void waitFor(Future<?> awaited) {
    if (cancellation == Cancellation.REQUESTED) {
      if (!passesOn(awaited)) {
        cancellation = Cancellation.RAISED;
        throw cancelled();
      }
      awaited.cancel(true);
    }
    if (MonitorCheck.ENABLED) {
      MonitorCheck.check();
    }
    awaiting = awaited;
    if (Context.inUse) {
      leaveContext();
    }
    try {
      Objects.requireNonNull(fiber).suspend();
    } finally {
      awaiting = null;
      if (Context.inUse) {
        enterContext();
      }
    }
    if (raise != null) {
      Throwable raised = raise;
      raise = null;
      throw Sneaky.raise(raised);
    }
    if (cancellation == Cancellation.REQUESTED && awaited.isCancelled()) {
      cancellation = Cancellation.RAISED;
    }
  }

  /** Called by the thread that completes the awaited future. */
  @Override
  public void accept(Future<?> done) {
    loop.post(this);
  }

  /** Resumes or starts the body. Called by the loop. */
  @Override
  public void run() {
    ThreadState state = loop.threadState();
    Fiber present = fiber;
    if (present != null) {
      runSegment(present, state);
    } else if (loop.isClosing()) {
      drop();
    } else {
      begin(state);
    }
  }

  private void runSegment(Fiber fiber, ThreadState state) {
    if (Flight.coroutines && listed) {
      recordWait();
    }
    if (listed) {
      loop.suspended.resumed();
      fiber.resume(state);
      loop.suspended.paused();
    } else {
      fiber.resume(state);
    }
    if (fiber.ended()) {
      end();
    } else {
      waitForAwaited();
    }
  }

  private void waitForAwaited() {
    long clock = loop.clock();
    since = (int) clock;
    sinceHigh = (byte) (clock >> 32);
    if (!listed) {
      loop.suspended.add(this);
    }
    Future<?> awaited = Objects.requireNonNull(awaiting);
    if (awaited == Gen.moment || !awaited.addWaiter(this)) {
      loop.post(this);
    }
  }

  private void end() {
    ended = true;
    if (Flight.coroutines) {
      FlightEvents.coroutineEnd(this, failure);
    }
    if (listed) {
      loop.suspended.remove(this);
    }
    if (fiber != null) {
      loop.fibers.give(fiber);
    }
    if (failure == null) {
      if (Origins.ENABLED && !spawned && Bodies.isPending(result)) {
        Origins.warnOfPendingResult(this);
      }
      if (cancellation == Cancellation.RAISED) {
        LOG.log(System.Logger.Level.DEBUG, "{0} was cancelled and ended with a result", this);
      }
      future.complete(result);
    } else {
      fail(failure);
    }
  }

  private void fail(Throwable failed) {
    boolean accepted = future.completeExceptionally(failed);
    if (spawned || IOLoop.isFatal(failed)) {
      future.see();
    }
    IOLoop.rethrowFatal(failed);
    if (failed instanceof CancellationException) {
      return;
    }
    if (spawned) {
      loop.failed(future, failed);
    } else if (!accepted) {
      LOG.log(System.Logger.Level.ERROR, this + " failed after its future was completed", failed);
    }
  }

  /** Requests cancellation; see {@link Gen#coroutine}. Safe to call from any thread. */
  boolean cancel() {
    if (loop.isInLoop()) {
      requestCancellation();
    } else {
      loop.post(this::requestCancellation);
    }
    return true;
  }

  /**
   * Passes the request down the chain of coroutines that wait for each other and are awaited by
   * nobody else.
   */
  private void requestCancellation() {
    Runner<?> runner = this;
    boolean circle = awaiting instanceof CoroutineFuture<?> next && next.runner().leadsTo(this);
    while (runner != null) {
      runner = runner.request(circle);
    }
  }

  /**
   * Records the request, and raises it or passes it on to what is awaited.
   *
   * @param circle whether passing it on from one coroutine to the next would come back to this one
   * @return the coroutine to cancel next, or null
   */
  private @Nullable Runner<?> request(boolean circle) {
    if (ended || cancellation != Cancellation.NONE) {
      return null;
    }
    cancellation = Cancellation.REQUESTED;
    Future<?> awaited = awaiting;
    if (awaited == null) {
      return null;
    }
    if (awaited instanceof OwnedFuture && !awaited.isAwaitedByAnother(this)) {
      awaited.cancel(true);
    } else if (!circle
        && awaited instanceof CoroutineFuture<?> coroutine
        && awaited.isAwaitedOnlyBy(this)) {
      Runner<?> next = coroutine.runner();
      if (next.loop == loop && !awaited.isDone()) {
        return next;
      }
      awaited.cancel(true);
    } else if (awaited == Gen.moment) {
      cancellation = Cancellation.RAISED;
      raise = cancelled();
    } else if (awaited.removeWaiter(this)) {
      cancellation = Cancellation.RAISED;
      raise = cancelled();
      loop.post(this);
    }
    return null;
  }

  /** Returns whether a cancellation is passed on to {@code awaited}, which nobody waits for yet. */
  private boolean passesOn(Future<?> awaited) {
    if (awaited instanceof OwnedFuture) {
      return !awaited.isAwaitedByAnother(null);
    }
    return awaited instanceof CoroutineFuture<?> coroutine
        && awaited.isAwaitedOnlyBy(null)
        && !coroutine.runner().leadsTo(this);
  }

  /** Returns whether a cancellation that is passed on here would reach {@code origin} again. */
  private boolean leadsTo(Runner<?> origin) {
    Runner<?> runner = this;
    while (runner != origin) {
      if (!(runner.awaiting instanceof CoroutineFuture<?> next) || !next.isAwaitedOnlyBy(runner)) {
        return false;
      }
      runner = next.runner();
    }
    return true;
  }

  /** Returns whether cancellation of the calling coroutine was requested. */
  static boolean isPresentOneCancelled() {
    Fiber fiber = ThreadState.get().fiber();
    return fiber != null
        && fiber.body() instanceof Runner<?> runner
        && runner.cancellation != Cancellation.NONE;
  }

  /**
   * Returns whether this is called in a coroutine of {@code loop}, or in a generator or another
   * loop's coroutine that such a coroutine runs.
   */
  static boolean isPresentOneOf(IOLoop loop) {
    for (Fiber fiber = ThreadState.get().fiber(); fiber != null; fiber = fiber.outer()) {
      if (fiber.body() instanceof Runner<?> runner && runner.loop == loop) {
        return true;
      }
    }
    return false;
  }

  private CancellationException cancelled() {
    return new CancellationException(this + " was cancelled");
  }

  /** Ends a coroutine whose start was queued and is dropped by a closed loop. */
  static void drop(Runnable callback) {
    if (callback instanceof Runner<?> runner && runner.fiber == null && !runner.ended) {
      runner.drop();
    }
  }

  /** Ends a coroutine that has not begun, as if it had been cancelled. */
  private void drop() {
    failure = cancelled();
    end();
  }

  /** Resumes the suspended body with a cancellation, whatever it waits for. */
  void abort() {
    Future<?> awaited = awaiting;
    if (awaited != null) {
      awaited.removeWaiter(this);
      cancellation = Cancellation.RAISED;
      raise = cancelled();
      run();
    }
  }

  /**
   * Returns the coroutines of the same loop that this one waits for, up to {@link #MAX_WAITED_FOR}.
   * Coroutines of other loops run on other threads and cannot be looked at from here.
   */
  Collection<Runner<?>> waitsFor() {
    Future<?> awaited = awaiting;
    if (awaited == null || !(awaited instanceof CoroutineFuture) && awaited.sources().isEmpty()) {
      return List.of();
    }
    Set<Runner<?>> found = new LinkedHashSet<>();
    Deque<Future<?>> open = new ArrayDeque<>(List.of(awaited));
    Set<Future<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!open.isEmpty() && found.size() < MAX_WAITED_FOR) {
      Future<?> next = open.remove();
      if (!seen.add(next)) {
        continue;
      }
      if (next instanceof CoroutineFuture<?> coroutine
          && !next.isDone()
          && coroutine.runner().loop == loop) {
        found.add(coroutine.runner());
      }
      open.addAll(next.sources());
    }
    return found;
  }

  /** Returns a human-readable description of what this coroutine waits for, or null. */
  @Nullable String purpose() {
    Future<?> awaited = awaiting;
    return awaited == null ? null : awaited.purpose();
  }

  /**
   * Returns how many nanoseconds the body has been suspended if {@link IOLoop#clock} is {@code
   * clock}.
   */
  long suspendedFor(long clock) {
    long began = since & 0xFFFF_FFFFL | (long) sinceHigh << 32;
    return (clock - began)
        << 24
        >> 24
        << IterationRunner.CLOCK_SHIFT; // The shifts sign-extend 40 bits.
  }

  private void recordWait() {
    long waited = suspendedFor(loop.clock());
    if (waited >= Flight.longWaitNanos) {
      FlightEvents.coroutineWait(this, waited);
    }
  }

  boolean isSuspended() {
    return awaiting != null;
  }

  /** Returns the stack frames of the suspended body, from its await on, innermost first. */
  StackTraceElement[] stackTrace() {
    return Objects.requireNonNull(fiber).stackTrace();
  }

  @Override
  public String toString() {
    return Bodies.describe("coroutine", callable);
  }
}
