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
 * A result that is there now or later. It is a {@link CompletableFuture}, so every Java library can
 * take it; what it adds is Tornado's way of working with it, and callbacks in the order in which
 * they were registered.
 *
 * <pre>{@code
 * Future<Integer> future = new Future<>();
 * future.addDoneCallback(done -> System.out.println(done.result()));
 * future.setResult(5);
 * }</pre>
 *
 * <p>A failure that nobody looked at is logged when the future is collected or the loop is closed.
 * Looking means {@link #result}, {@link #exception}, {@code await}, a {@code get} or {@code join},
 * or a stage that depends on this one; a done callback alone does not count. {@link
 * CompletableFuture#allOf} and {@link CompletableFuture#anyOf} look unseen at a future that has
 * failed already, so its failure is logged all the same; {@link Gen#multi} is seen.
 *
 * <p>All methods are safe to call from any thread, but a coroutine's future is cancelled on its
 * loop's thread. {@code get} and {@code join} of a pending future are refused where they would
 * block a loop. Tornado: {@code tornado.concurrent.Future}.
 */
public class Future<T extends @Nullable Object> extends CompletableFuture<T> {

  /** Stands in {@link #waiters} once the callbacks were taken, unless this future failed. */
  private static final Object DONE = new Object();

  /** Stands there while there is no callback, but somebody will look at the outcome. */
  private static final Object LOOKED = new Object();

  /** Stands there while there is no callback any more, and the JDK tells us of the end. */
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
   * Null, {@link #LOOKED} or {@link #ARMED}, one callback, or a {@link WaiterList}; once they were
   * taken, {@link #DONE} or a {@link FailureReport}. It changes by compare-and-set only, so one
   * thread takes the callbacks, and one report is installed. A future that succeeds while nobody
   * waits leaves null there. For that, completion first sets the result and then looks here, and
   * registration does it the other way round. Who looks at a failure before its report is installed
   * leaves a note here, which the one that installs it takes into account.
   */
  private volatile @Nullable Object waiters;

  /** Makes a pending future. */
  @SuppressWarnings("this-escape") // Only its identity is looked at.
  public Future() {
    if (Origins.ENABLED) {
      Origins.note(this, ThreadState.get().fiber());
    }
  }

  /**
   * Returns a future with the outcome of {@code stage}: {@code stage} itself where it is one. What
   * a stage of the JDK wrapped around an exception is taken off. Cancelling the returned future
   * does not cancel the stage. Tornado: {@code convert_yielded}, {@code to_tornado_future}.
   */
  @SuppressWarnings("unchecked")
  public static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage) {
    if (stage instanceof Future) {
      return (Future<T>) stage;
    }
    return FollowingFuture.of(AdaptedFuture.of(stage));
  }

  /**
   * As {@link #from}, for a wait inside of us: what is returned may be shared, and is not ended.
   */
  @SuppressWarnings("unchecked")
  static <T extends @Nullable Object> Future<T> adapt(CompletionStage<T> stage) {
    return stage instanceof Future ? (Future<T>) stage : AdaptedFuture.of(stage);
  }

  /** Returns a future that is done with {@code value}. Tornado: {@code maybe_future}. */
  public static <T extends @Nullable Object> Future<T> succeeded(T value) {
    Future<T> future = new Future<>();
    future.complete(value);
    return future;
  }

  /** Returns a future that is done with {@code failure}. */
  public static <T extends @Nullable Object> Future<T> failed(Throwable failure) {
    Future<T> future = new Future<>();
    future.completeExceptionally(failure);
    return future;
  }

  /**
   * Makes a pending future that belongs to the one coroutine that awaits it, such as a place in a
   * queue: cancelling that coroutine cancels the future too.
   *
   * @param release run when the future was cancelled, to give back what it stands for
   */
  public static <T extends @Nullable Object> Future<T> owned(Runnable release) {
    return new OwnedFuture<>(Objects.requireNonNull(release, "release == null"));
  }

  /**
   * Replaces what happens to a failure that nobody looked at: {@code handler} is given a text that
   * names the future, and the exception. Null goes back to the default, which logs it. Safe to call
   * from any thread; the handler is called on any thread.
   */
  public static void setLostFailureHandler(@Nullable BiConsumer<String, Throwable> handler) {
    FailureReport.setHandler(handler);
  }

  /** Returns whether there is a result, a failure or a cancellation. */
  public final boolean done() {
    return isDone();
  }

  /** Returns whether this future ended by cancellation. */
  public final boolean cancelled() {
    return isCancelled();
  }

  /**
   * Returns the result, or throws the very exception that this future failed with, checked ones
   * too. Never blocks.
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
   * Returns the exception that this future failed with, its {@link CancellationException} where it
   * was cancelled, or null where it has a result. Never blocks.
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
   * Ends this future with {@code value} and runs its callbacks before it returns.
   *
   * @throws IllegalStateException if this future is done already
   */
  public final void setResult(T value) {
    if (!complete(value)) {
      throw new IllegalStateException(
          "setResult() of a future that is done already; complete() would have returned false: "
              + this);
    }
  }

  /**
   * Ends this future with {@code failure} and runs its callbacks before it returns.
   *
   * @throws IllegalStateException if this future is done already; the failure is its cause
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
   * Runs {@code callback} with this future when it is done: at once where it is done already, else
   * in the completing thread, inside the completing call, after the callbacks registered before it.
   * What a callback throws is handed to the loop's exception handler, or logged on a thread without
   * a loop; the others run all the same.
   */
  @SuppressWarnings("unchecked")
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    Objects.requireNonNull(callback, "callback == null");
    if (!addWaiter(callback)) {
      notify((Consumer<? super Future<?>>) (Consumer<?>) callback);
    }
  }

  /** Registers a callback and returns true, or returns false where this future is done. */
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

  /** Returns a list that says what {@code before}, which is none and no end, says. */
  private static WaiterList listOf(Object before) {
    WaiterList list = new WaiterList(before == LOOKED, before == TimedWait.GIVEN_UP);
    if (before instanceof Consumer<?> callback && before != TimedWait.GIVEN_UP) {
      list.add(callback);
    }
    return list;
  }

  private void firstWaiterAdded() {
    if (!isDirect()) {
      // It can be completed by a way that passes us by: let the JDK tell us.
      arm();
    } else if (isDone()) {
      // Completed by another thread, which may have seen no waiter. One of us takes it.
      finish();
    }
  }

  private void arm() {
    ThreadState.get().unlooked = this;
    super.whenComplete((value, failure) -> Endings.finish(this));
  }

  /** Unregisters a callback. False if it has been taken to run, or was never registered. */
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

  /** As {@link #removeWaiter}, of a wait that timed out: a later failure is logged, once. */
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

  /** Returns how many dependents wait for nothing. */
  int limits() {
    return 0;
  }

  /** Returns whether a coroutine other than {@code runner}, which does, waits for this future. */
  final boolean isAwaitedByAnother(@Nullable Runner<?> runner) {
    Object present = waiters;
    return present instanceof WaiterList list
        ? list.isAwaitedByAnother(runner)
        : present instanceof Runner && present != runner;
  }

  /**
   * Returns whether every completion of this future passes through a method of this class. Not so
   * for a dependent, which the JDK completes from within, nor for a subclass by a user.
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

  /** Called for a done future: takes the callbacks, once, and runs them. */
  final void finish() {
    Throwable failure = hasFailed() ? rawFailure() : null;
    finish(failure instanceof CancellationException ? null : failure, false);
  }

  /** Takes the callbacks of a done future and runs them, unless that was done. */
  private void finish(@Nullable Throwable failure, boolean seen) {
    Object taken = takeWaiters(failure, seen);
    if (taken != null) {
      notifyAll(taken);
    }
  }

  /**
   * Ends this future as {@code done} has ended, and runs no callback: they are returned, or null
   * where there are none or this future was done already.
   */
  @SuppressWarnings("unchecked")
  final @Nullable Object takeOver(Future<?> done) {
    if (isDone()) {
      return null;
    }
    Throwable failure = done.exception();
    return end(failure == null ? (T) done.take() : null, failure);
  }

  /** As {@link #takeOver}, with a result, or with a failure that is not null. */
  final @Nullable Object end(@Nullable T value, @Nullable Throwable failure) {
    boolean blocked = failure != null && getNumberOfDependents() > 0;
    if (failure == null ? super.complete(value) : super.completeExceptionally(failure)) {
      return takeWaiters(failure instanceof CancellationException ? null : failure, blocked);
    }
    return null;
  }

  /** As {@link #end}, of what a stage of the JDK told us; the callbacks run as it allows. */
  final void endInside(@Nullable T value, @Nullable Throwable failure) {
    if (failure == null ? super.complete(value) : super.completeExceptionally(failure)) {
      Endings.finish(this);
    }
  }

  /** Puts the end in the place of the callbacks, which are returned, unless that was done. */
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
  final void notifyAll(Object taken) {
    if (taken instanceof WaiterList || taken instanceof Relay) {
      Notifying.run(this, taken);
    } else {
      notify((Consumer<? super Future<?>>) taken);
    }
  }

  final void notify(Consumer<? super Future<?>> callback) {
    DoneCallbacks.tell(callback, this);
  }

  /** Returns what this future is called, however little stack is left to find out. */
  private String description() {
    try {
      return describe().concat(Origins.text(", made at ", this));
    } catch (StackOverflowError e) {
      return "Future";
    }
  }

  /** The text that names this future in a report of its lost failure. */
  String describe() {
    return "Future";
  }

  /** Returns the futures from whose outcome that of this one follows. */
  Collection<? extends Future<?>> sources() {
    return List.of();
  }

  /** Returns what this future stands for, for people, or null. */
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

  /** Returns whether a done future has failed or was cancelled, to one who looks at its outcome. */
  boolean askForFailure() {
    return isCompletedExceptionally();
  }

  /** Returns whether there is a failure, and not a cancellation. */
  private boolean hasFailed() {
    return isCompletedExceptionally() && !isCancelled();
  }

  /** Marks the failure of this future, if it has one, as looked at. */
  final void see() {
    if (isDone() && askForFailure() && !isCancelled()) {
      look();
    }
  }

  /** Marks the failure as looked at that this future has, will be given, or perhaps will have. */
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
            + " of a pending future; await it in a coroutine, or look in a done callback: "
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

  // Every way in which a future of our own making can be completed.

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
    boolean blocked = isDirect() && getNumberOfDependents() > 0; // Threads in get() will look.
    boolean completed = super.completeExceptionally(failure);
    if (completed) {
      finish(failure instanceof CancellationException ? null : failure, blocked);
    }
    return completed;
  }

  /**
   * Cancels this future: at once, with a {@link CancellationException}. For the future of a
   * coroutine it is a request instead, unlike {@link CompletableFuture}'s: see {@link
   * Gen#coroutine}.
   *
   * @param mayInterruptIfRunning has no effect
   * @return whether it was not done yet
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

  // Ways to look at the outcome, and to block.

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

  /** Of a future that has failed, this is a look: the JDK calls it and reads the outcome itself. */
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
   * Returns the exception that this future failed with, as that of the JDK's futures from 19 on
   * does. Never blocks.
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
