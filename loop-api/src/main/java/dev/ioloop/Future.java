package dev.ioloop;

import dev.ioloop.diagnostics.Origins;
import dev.ioloop.fiber.Sneaky;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A result that is available now or later. It is a {@link CompletableFuture}, so every Java library
 * accepts it. It adds Tornado's methods, and runs done callbacks in the order in which they were
 * registered.
 *
 * <pre>{@code
 * Future<Integer> future = new Future<>();
 * future.addDoneCallback(done -> System.out.println(done.result()));
 * future.setResult(5);
 * }</pre>
 *
 * <p>A failure that nobody looked at is logged when the future is garbage-collected or the loop is
 * closed. Looking means calling {@link #result}, {@link #exception}, {@code await}, {@code get} or
 * {@code join}, or creating a stage that depends on this one. A done callback alone does not count.
 * Nor do {@link CompletableFuture#allOf} and {@link CompletableFuture#anyOf} of a future that has
 * already failed, so its failure is logged anyway; {@link Gen#multi} counts.
 *
 * <p>All methods are safe to call from any thread, except that a coroutine's future is cancelled on
 * its loop's thread. {@code get} and {@code join} of a pending future are refused where they would
 * block a loop. Tornado: {@code tornado.concurrent.Future}.
 */
public class Future<T extends @Nullable Object> extends CompletableFuture<T> {

  /** In {@link #waiters}: the callbacks were taken, and this future did not fail. */
  private static final Object DONE = new Object();

  /** In {@link #waiters}: there is no callback, but somebody will look at the outcome. */
  private static final Object LOOKED = new Object();

  /**
   * In {@link #waiters}: there is no callback any more, but the JDK notifies us of the completion.
   */
  private static final Object ARMED = new Object();

  private static final VarHandle WAITERS;

  static {
    try {
      WAITERS = MethodHandles.lookup().findVarHandle(Future.class, "waiters", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Null, {@link #LOOKED} or {@link #ARMED}, one callback, or a {@link WaiterList}; after the
   * callbacks were taken, {@link #DONE} or a {@link FailureReport}. It changes only by
   * compare-and-set, so one thread takes the callbacks, and one report is installed. A future that
   * succeeds while nobody waits leaves null here. To make that safe, completion first sets the
   * result and then reads this field; registration does it the other way round. A thread that looks
   * at a failure before its report is installed leaves a mark here, and the thread that installs
   * the report takes the mark into account.
   */
  private volatile @Nullable Object waiters;

  /** Creates a pending future. */
  @SuppressWarnings("this-escape") // Only its identity is looked at.
  public Future() {
    if (Origins.ENABLED) {
      Origins.note(this, ThreadState.get().fiber());
    }
  }

  /**
   * Returns a future with the outcome of {@code stage}, or {@code stage} itself if it already is a
   * {@code Future}. Exceptions that the JDK has wrapped are unwrapped. Cancelling a future that
   * this method created does not cancel the stage. Tornado: {@code convert_yielded}, {@code
   * to_tornado_future}.
   */
  @SuppressWarnings("unchecked")
  public static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage) {
    if (stage instanceof Future) {
      return (Future<T>) stage;
    }
    return FollowingFuture.of(AdaptedFuture.of(stage));
  }

  /**
   * Same as {@link #from}, for our own waits: the returned future may be shared, and must not be
   * completed.
   */
  @SuppressWarnings("unchecked")
  static <T extends @Nullable Object> Future<T> adapt(CompletionStage<T> stage) {
    return stage instanceof Future ? (Future<T>) stage : AdaptedFuture.of(stage);
  }

  /** Returns a future that is already done with {@code value}. Tornado: {@code maybe_future}. */
  public static <T extends @Nullable Object> Future<T> succeeded(T value) {
    Future<T> future = new Future<>();
    future.complete(value);
    return future;
  }

  /** Returns a future that has already failed with {@code failure}. */
  public static <T extends @Nullable Object> Future<T> failed(Throwable failure) {
    Future<T> future = new Future<>();
    future.completeExceptionally(failure);
    return future;
  }

  /**
   * Creates a pending future that belongs to the one coroutine that awaits it, such as a place in a
   * queue. Cancelling that coroutine also cancels the future.
   *
   * @param release runs if the future is cancelled, to give back what it stands for
   */
  public static <T extends @Nullable Object> Future<T> owned(Runnable release) {
    return new OwnedFuture<>(Objects.requireNonNull(release, "release == null"));
  }

  /**
   * Sets the handler of failures that nobody looked at. It receives a text that names the future,
   * and the exception. Null restores the default, which logs the failure. Safe to call from any
   * thread; the handler may be called on any thread.
   */
  public static void setLostFailureHandler(@Nullable BiConsumer<String, Throwable> handler) {
    FailureReport.setHandler(handler);
  }

  /** Returns whether this future has a result, has failed or was cancelled. */
  public final boolean done() {
    return isDone();
  }

  /** Returns whether this future was cancelled. */
  public final boolean cancelled() {
    return isCancelled();
  }

  /**
   * Returns the result, or throws the very exception that this future failed with, even a checked
   * one. Never blocks.
   *
   * @throws IllegalStateException if this future is pending
   */
  public final T result() {
    if (!isDone()) {
      throw pending("result()");
    }
    return take();
  }

  /**
   * Returns the exception that this future failed with, its {@link CancellationException} if it was
   * cancelled, or null if it has a result. Never blocks.
   *
   * @throws IllegalStateException if this future is pending
   */
  public final @Nullable Throwable exception() {
    if (!isDone()) {
      throw pending("exception()");
    }
    return askForFailure() ? failure() : null;
  }

  /**
   * Completes this future with {@code value} and runs its callbacks before returning.
   *
   * @throws IllegalStateException if this future is already done
   */
  public final void setResult(T value) {
    if (!complete(value)) {
      throw new IllegalStateException(
          "setResult() of a future that is done already; complete() would have returned false: "
              + this);
    }
  }

  /**
   * Fails this future with {@code failure} and runs its callbacks before returning.
   *
   * @throws IllegalStateException if this future is already done; its cause is {@code failure}
   */
  public final void setException(Throwable failure) {
    if (!completeExceptionally(failure)) {
      throw new IllegalStateException(
          "setException() of a future that is done already; completeExceptionally() would have"
              + " returned false: "
              + this,
          failure);
    }
  }

  /**
   * Runs {@code callback} with this future once it is done. If it is already done, the callback
   * runs at once. Otherwise it runs on the completing thread, inside the completing call, after the
   * callbacks registered before it. An exception that a callback throws goes to the loop's
   * exception handler, or is logged on a thread without a loop; the other callbacks still run.
   */
  @SuppressWarnings("unchecked")
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    Objects.requireNonNull(callback, "callback == null");
    if (!addWaiter(callback)) {
      runCallback((Consumer<? super Future<?>>) (Consumer<?>) callback);
    }
  }

  /** Registers a callback and returns true, or returns false if this future is done. */
  final boolean addWaiter(Consumer<?> callback) {
    while (true) {
      Object before = waiters;
      boolean first = before == null || before == LOOKED;
      if (before instanceof WaiterList list) {
        if (list.add(callback)) {
          return added();
        }
      } else if (isEnd(before) || first && isDone()) {
        return false;
      } else if (WAITERS.compareAndSet(this, before, with(before, callback))) {
        if (first) {
          firstWaiterAdded();
        }
        return added();
      }
    }
  }

  private static Object with(@Nullable Object before, Consumer<?> callback) {
    if (before == null || before == ARMED) {
      return callback;
    }
    WaiterList list = listOf(before);
    list.add(callback);
    return list;
  }

  /** Returns a list equivalent to {@code before}, which is neither null nor an end. */
  private static WaiterList listOf(Object before) {
    WaiterList list = new WaiterList(before == LOOKED, before == TimedWait.GIVEN_UP);
    if (before instanceof Consumer<?> callback && before != TimedWait.GIVEN_UP) {
      list.add(callback);
    }
    return list;
  }

  private void firstWaiterAdded() {
    if (!isDirect()) {
      // It can be completed without our methods being called: let the JDK notify us.
      arm();
    } else if (isDone()) {
      // Another thread completed it and may have seen no waiter. One of the two threads takes it.
      finish();
    }
  }

  private void arm() {
    ThreadState.get().unlooked = this;
    super.whenComplete((value, failure) -> NestedCompletions.finish(this));
  }

  /** Unregisters a callback. Returns false if it was taken to run or was never registered. */
  final boolean removeWaiter(Consumer<?> callback) {
    while (true) {
      Object present = waiters;
      if (present instanceof WaiterList list) {
        return list.remove(callback) && removed();
      }
      if (present != callback) {
        return false;
      }
      if (WAITERS.compareAndSet(this, present, isDirect() ? null : ARMED)) {
        return removed();
      }
    }
  }

  private boolean added() {
    if (this instanceof NextFuture<?> next) {
      next.hold();
    }
    return true;
  }

  private boolean removed() {
    if (this instanceof AdaptedFuture<?> adapted) {
      adapted.spare();
    } else if (this instanceof NextFuture<?> next) {
      next.release();
    }
    return true;
  }

  /** Same as {@link #removeWaiter}, for a wait that timed out: a later failure is logged, once. */
  final boolean giveUp(Consumer<?> callback) {
    while (true) {
      Object present = waiters;
      if (present instanceof WaiterList list) {
        return list.giveUp(callback) && removed();
      }
      if (present != callback) {
        return false;
      }
      if (WAITERS.compareAndSet(this, present, TimedWait.GIVEN_UP)) {
        return removed();
      }
    }
  }

  /** Returns whether nothing but {@code callback} waits for this future. */
  final boolean isAwaitedOnlyBy(@Nullable Consumer<?> callback) {
    Object present = waiters;
    boolean only =
        present instanceof WaiterList list
            ? list.isOnly(callback)
            : present == callback
                || callback == null && (present == ARMED || present == TimedWait.GIVEN_UP);
    return only && getNumberOfDependents() == limits();
  }

  /** Returns how many of the JDK's dependents belong to a time limit and wait for nothing. */
  int limits() {
    return 0;
  }

  /**
   * Returns whether another coroutine waits for this future, besides {@code runner} if that is not
   * null.
   */
  final boolean isAwaitedByAnother(@Nullable Runner<?> runner) {
    Object present = waiters;
    return present instanceof WaiterList list
        ? list.isAwaitedByAnother(runner)
        : present instanceof Runner && present != runner;
  }

  /**
   * Returns whether every completion of this future calls a method of this class. That is not so
   * for a dependent, which the JDK completes internally, or for a user's subclass.
   */
  private boolean isDirect() {
    Class<?> type = getClass();
    return type == Future.class
        || type == CoroutineFuture.class
        || type == OwnedFuture.class
        || type == JoinFuture.class
        || type == AdaptedFuture.class
        || type == NextFuture.class
        || this instanceof Relay;
  }

  /** Takes the callbacks of a done future, once, and runs them. */
  final void finish() {
    Throwable failure = hasFailed() ? rawFailure() : null;
    finish(failure instanceof CancellationException ? null : failure, false);
  }

  /** Takes the callbacks of a done future and runs them, unless they were already taken. */
  private void finish(@Nullable Throwable failure, boolean seen) {
    Object taken = takeWaiters(failure, seen);
    if (taken != null) {
      runCallbacks(taken);
    }
  }

  /**
   * Completes this future with the outcome of {@code done}, but runs no callbacks. Returns them, or
   * null if there are none or this future was already done.
   */
  @SuppressWarnings("unchecked")
  final @Nullable Object takeOver(Future<?> done) {
    if (isDone()) {
      return null;
    }
    Throwable failure = done.exception();
    return end(failure == null ? (T) done.take() : null, failure);
  }

  /** Same as {@link #takeOver}, with a result, or with a failure that is not null. */
  final @Nullable Object end(@Nullable T value, @Nullable Throwable failure) {
    boolean blocked = failure != null && getNumberOfDependents() > 0;
    if (failure == null ? super.complete(value) : super.completeExceptionally(failure)) {
      return takeWaiters(failure instanceof CancellationException ? null : failure, blocked);
    }
    return null;
  }

  /**
   * Same as {@link #end}, for the outcome that a JDK stage reported; the callbacks run when {@link
   * NestedCompletions} allows it.
   */
  final void endInside(@Nullable T value, @Nullable Throwable failure) {
    if (failure == null ? super.complete(value) : super.completeExceptionally(failure)) {
      NestedCompletions.finish(this);
    }
  }

  /** Replaces the callbacks with the end and returns them, unless that was already done. */
  private @Nullable Object takeWaiters(@Nullable Throwable failure, boolean seen) {
    if (failure == null && waiters == null) {
      return null;
    }
    FailureReport report = failure == null ? null : reportOf(failure);
    while (true) {
      Object present = waiters;
      if (isEnd(present)) {
        return null;
      }
      if (WAITERS.compareAndSet(this, present, report == null ? DONE : report)) {
        if (present instanceof WaiterList list) {
          list.take();
        }
        if (report != null && !seen && !isLookedAt(present) && !(this instanceof AdaptedFuture)) {
          report.register(this);
        }
        return present instanceof Consumer || present instanceof WaiterList ? present : null;
      }
    }
  }

  private static boolean isEnd(@Nullable Object waiters) {
    return waiters == DONE || waiters instanceof FailureReport;
  }

  private static boolean isLookedAt(@Nullable Object waiters) {
    return waiters == LOOKED
        || waiters instanceof Runner
        || waiters instanceof WaiterList list && list.isLookedAt();
  }

  /** Runs what {@link #takeOver} returned. */
  @SuppressWarnings("unchecked")
  final void runCallbacks(Object taken) {
    if (taken instanceof WaiterList || taken instanceof Relay) {
      Trampoline.run(this, taken);
    } else {
      runCallback((Consumer<? super Future<?>>) taken);
    }
  }

  final void runCallback(Consumer<? super Future<?>> callback) {
    DoneCallbacks.call(callback, this);
  }

  /** Returns a display name for this future, even if almost no stack is left. */
  private String description() {
    try {
      return describe().concat(Origins.text(", made at ", this));
    } catch (StackOverflowError e) {
      return "Future";
    }
  }

  /** Returns the text that names this future in the report of a lost failure. */
  String describe() {
    return "Future";
  }

  /** Returns the futures that this future's outcome depends on. */
  Collection<? extends Future<?>> sources() {
    return List.of();
  }

  /** Returns a human-readable description of what this future stands for, or null. */
  @Nullable String purpose() {
    return null;
  }

  /** Returns the result of this future, which is done, or throws its exception. */
  final T take() {
    if (askForFailure()) {
      throw Sneaky.raise(failure());
    }
    return super.getNow(null);
  }

  private Throwable failure() {
    look();
    return waiters instanceof FailureReport report ? report.failure() : rawFailure();
  }

  /**
   * Returns whether a done future has failed or was cancelled. The caller is about to look at the
   * outcome.
   */
  boolean askForFailure() {
    return isCompletedExceptionally();
  }

  /** Returns whether this future has failed, and not by cancellation. */
  private boolean hasFailed() {
    return isCompletedExceptionally() && !isCancelled();
  }

  /** Marks the failure of this future, if it has one, as looked at. */
  final void see() {
    if (isDone() && askForFailure() && !isCancelled()) {
      look();
    }
  }

  /** Marks the failure that this future has, or may still get, as looked at. */
  private void look() {
    if (isDone() && !askForFailure()) {
      return;
    }
    while (true) {
      Object present = waiters;
      if (present instanceof FailureReport report) {
        report.see();
        return;
      }
      if (present == DONE || present == LOOKED || present == null && isDone() && !hasFailed()) {
        return;
      }
      if (present instanceof WaiterList list) {
        if (list.look()) {
          return;
        }
      } else if (WAITERS.compareAndSet(this, present, lookedAt(present))) {
        return;
      }
    }
  }

  private static Object lookedAt(@Nullable Object before) {
    if (before == null) {
      return LOOKED;
    }
    WaiterList list = listOf(before);
    list.look();
    return list;
  }

  private Throwable rawFailure() {
    ThreadState.get().unlooked = this;
    Throwable stored = super.<Throwable>handle((value, failure) -> failure).getNow(null);
    return AdaptedFuture.unwrap(stored, false);
  }

  private IllegalStateException pending(String call) {
    return new IllegalStateException(
        call
            + " of a pending future; await it in a coroutine, or read it in a done callback: "
            + this);
  }

  @Override
  public String toString() {
    String state;
    if (!isDone()) {
      state = "pending";
    } else if (isCancelled()) {
      state = "cancelled";
    } else if (isCompletedExceptionally()) {
      state = "failed";
    } else {
      state = "done";
    }
    return "Future@" + Integer.toHexString(System.identityHashCode(this)) + "[" + state + "]";
  }

  // All ways to complete a future that we created.

  @Override
  public boolean complete(T value) {
    boolean completed = super.complete(value);
    if (completed) {
      finish(null, true);
    }
    return completed;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    // Threads that block in get() will look.
    boolean blocked = isDirect() && getNumberOfDependents() > 0;
    boolean completed = super.completeExceptionally(failure);
    if (completed) {
      finish(failure instanceof CancellationException ? null : failure, blocked);
    }
    return completed;
  }

  /**
   * Cancels this future: it is done at once, with a {@link CancellationException}. For the future
   * of a coroutine, cancelling is a request instead, unlike that of a {@link CompletableFuture}:
   * see {@link Gen#coroutine}.
   *
   * @param mayInterruptIfRunning has no effect
   * @return whether this future was not done yet
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean pending = !isDone();
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (pending && isDone()) {
      finish(null, true);
    }
    return cancelled;
  }

  @Override
  public void obtrudeValue(T value) {
    super.obtrudeValue(value);
    finishObtruded(null);
  }

  @Override
  public void obtrudeException(Throwable failure) {
    super.obtrudeException(failure);
    finishObtruded(failure);
  }

  private FailureReport reportOf(Throwable failure) {
    return new FailureReport(failure, description());
  }

  private void finishObtruded(@Nullable Throwable failure) {
    finish(failure, true);
    Object end = failure == null ? DONE : reportOf(failure);
    if (WAITERS.getAndSet(this, end) instanceof FailureReport replaced) {
      replaced.see();
    }
  }

  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    arm();
    return super.completeAsync(supplier, executor);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    ThreadState state = ThreadState.get();
    if (state.unlooked == this) {
      state.unlooked = null;
    } else {
      look();
    }
    return new DependentFuture<>();
  }

  // Methods that look at the outcome or block.

  @Override
  public T get() throws InterruptedException, ExecutionException {
    refuseToBlock("get()");
    look();
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    refuseToBlock("get()");
    try {
      return super.get(timeout, unit);
    } finally {
      see();
    }
  }

  @Override
  public T join() {
    refuseToBlock("join()");
    look();
    return super.join();
  }

  @Override
  public T getNow(T valueIfAbsent) {
    see();
    return super.getNow(valueIfAbsent);
  }

  /** Counts as a look at a failed future: the JDK calls this and then reads the outcome itself. */
  @Override
  public CompletableFuture<T> toCompletableFuture() {
    see();
    return this;
  }

  @Override
  public CompletionStage<T> minimalCompletionStage() {
    look();
    return super.minimalCompletionStage();
  }

  /**
   * Returns the exception that this future failed with, like {@code exceptionNow} of the JDK's
   * futures from 19 on. Never blocks.
   *
   * @throws IllegalStateException if this future is pending, was cancelled or has a result
   */
  // Overrides from JDK 19 on.
  public Throwable exceptionNow() {
    if (!hasFailed()) {
      throw new IllegalStateException("exceptionNow() of a future that has not failed: " + this);
    }
    Throwable failure = failure();
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause == null ? failure : cause;
  }

  private void refuseToBlock(String call) {
    if (!isDone()) {
      ThreadState state = ThreadState.get();
      if (state.running != null || state.fiber() != null) {
        throw new IllegalStateException(
            call + " of a pending future would block the loop; use await(..) in a coroutine");
      }
    }
  }
}
