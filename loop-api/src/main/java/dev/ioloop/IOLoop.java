package dev.ioloop;

import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.Origins;
import dev.ioloop.diagnostics.Watchdog;
import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.FiberPool;
import dev.ioloop.fiber.VirtualThreads;
import dev.ioloop.iteration.CallbackQueue;
import dev.ioloop.iteration.HostedTurns;
import dev.ioloop.iteration.IterationRunner;
import dev.ioloop.iteration.Lifecycle;
import dev.ioloop.iteration.LoopAccess;
import dev.ioloop.iteration.LoopHooks;
import dev.ioloop.iteration.TimeoutQueue;
import dev.ioloop.iteration.WatchedChannels;
import dev.ioloop.spi.Events;
import dev.ioloop.spi.Host;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import dev.ioloop.spi.StreamSockets;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A level-triggered I/O loop: one thread that runs callbacks, timeouts, channel handlers and
 * coroutines, one at a time. The package documentation numbers the steps of an iteration.
 *
 * <pre>{@code
 * try (IOLoop loop = IOLoop.create()) {
 *   int sum = loop.runSync(() -> slowSum(2, 3));
 *   System.out.println(sum);
 * }
 * }</pre>
 *
 * <p>Threads: before the first {@link #start} or {@link #runSync}, any one thread at a time may set
 * up the loop. The first start binds the loop to its thread. Other threads may at any time call
 * {@link #addCallback}, {@link #addCallbackFromSignal}, {@link #spawnCallback}, {@link #execute},
 * {@link #stop} and the getters, and {@link #close} once the loop has stopped. All other calls from
 * other threads are refused.
 *
 * <p>An exception thrown by a callback, timeout, handler or coroutine goes to the exception
 * handler, and the loop goes on. Only a {@link VirtualMachineError} that is not a {@link
 * StackOverflowError} leaves {@link #start}; the loop is then stopped and can be closed. Tornado:
 * {@code tornado.ioloop.IOLoop}.
 */
public final class IOLoop implements Executor, AutoCloseable {

  /** No event. */
  public static final int NONE = 0;

  /** The channel can be read or accepted from, or has reached its end. */
  public static final int READ = Events.READ;

  /** The channel can be written, or its connect has completed. */
  public static final int WRITE = Events.WRITE;

  /**
   * The channel failed or hung up. Always reported, even if not requested, where the backend can
   * tell.
   */
  public static final int ERROR = Events.ERROR;

  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final Object INSTANCE_LOCK = new Object();
  private static volatile @Nullable IOLoop instance;

  /** Longer delays are capped here, so that differences between deadlines cannot overflow. */
  private static final Duration MAX_DELAY = Duration.ofDays(36_500);

  /** {@link #MAX_DELAY} in nanoseconds: no deadline is further away. */
  static final long MAX_DELAY_NANOS = MAX_DELAY.toNanos();

  private static final int MAX_DUMPED = 1_000;
  private static final int MAX_DUMPED_TIMEOUTS = 10;

  private static final Runnable WAKE_UP = () -> {};

  static {
    Flight.follow();
    FailureReport.prepare();
    LoopAccess.set(loop -> ((IOLoop) loop).isInLoop());
  }

  private final String backend;
  private final Poller poller;
  private final Lifecycle life = new Lifecycle();
  private final CallbackQueue callbacks = new CallbackQueue(IOLoop::drop);
  private final TimeoutQueue timeouts = new TimeoutQueue();
  private final IterationRunner iterations;
  private final WatchedChannels watches;
  private final Unwinding unwinding;
  private final BlockingWork workers = new BlockingWork(this);

  /** What the host executes; null if the loop runs itself. */
  private final @Nullable HostedTurns hosted;

  final SuspendedCoroutines suspended = new SuspendedCoroutines();
  final FiberPool fibers = new FiberPool();

  /** Created on first use. */
  private @Nullable StreamSockets sockets;

  /**
   * The thread that may use the loop: null until the first start, a fiber's thread while that fiber
   * runs.
   */
  private @Nullable Thread owner;

  /**
   * The thread that adds callbacks to the queue without a compare-and-set: the owner while the loop
   * runs or is closing, else null, because {@link #close} may then come from any thread.
   */
  private @Nullable Thread adder;

  /** The thread that closes the loop but may not poll, and parks instead. */
  private volatile @Nullable Thread parked;

  /** The thread of the first start. */
  private volatile @Nullable Thread thread;

  /** The state of the thread that runs iterations; null until the first start. */
  private @Nullable ThreadState threadState;

  /** The state of the owner, once a fiber's thread has been the owner. */
  private @Nullable ThreadState ownerState;

  /** Whether a callback added on the loop's own thread must ask the host to run the loop. */
  private boolean dormant;

  private final LoopObserver observer = new LoopObserver(this);

  /** Whether the watchdog knows that the loop has work but was never started. */
  private boolean waitingWorkNoted;

  private volatile boolean stopRequested;
  private volatile @Nullable BiConsumer<Object, Throwable> exceptionHandler;

  private IOLoop(String backend, Poller poller) {
    this.backend = backend;
    this.poller = poller;
    Hooks hooks = new Hooks();
    this.iterations = new IterationRunner(hooks, poller, callbacks, timeouts);
    this.watches = new WatchedChannels(hooks, iterations, poller);
    this.unwinding = new Unwinding(this, iterations);
    if (poller instanceof Host host) {
      hosted = new HostedTurns(hooks, life, host, iterations, callbacks);
      owner = HostedTurns.NOT_YET;
      life.start();
      Watchdog.watch(observer);
      hosted.begin();
    } else {
      hosted = null;
    }
  }

  /** What the iterations of this loop call in the layer above them. */
  private final class Hooks extends LoopHooks implements HostedTurns.Hosted {

    /** The loop that was running on the host's thread before the present turn. */
    private @Nullable IOLoop outerLoop;

    private @Nullable Context outerContext;

    @Override
    protected void failed(Object source, Throwable failure) {
      IOLoop.this.failed(source, failure);
    }

    @Override
    protected void resetContext() {
      if (Context.inUse) {
        threadState().context = null;
      }
    }

    @Override
    protected void setPresentCallback(@Nullable Runnable callback) {
      observer.setPresentCallback(callback);
    }

    @Override
    protected boolean isStopRequested() {
      return stopRequested;
    }

    @Override
    protected boolean isClosing() {
      return life.isClosing();
    }

    @Override
    public boolean isClosed() {
      return life.isClosed();
    }

    @Override
    public boolean hasCoroutines() {
      return !suspended.isEmpty();
    }

    @Override
    public void enter() {
      ThreadState state = ThreadState.get();
      outerLoop = state.running;
      settle(state);
      state.keepMonitors();
      outerContext = state.context;
      state.context = null;
    }

    @Override
    public void leave(boolean staysRunning) {
      ThreadState state = threadState();
      state.context = outerContext;
      if (!staysRunning) {
        state.running = outerLoop;
      }
      outerLoop = null;
      outerContext = null;
    }

    @Override
    public void setDormant(boolean next) {
      dormant = next;
    }

    @Override
    public boolean isInFiber() {
      return ThreadState.get().fiber() != null;
    }

    @Override
    public boolean beginToUnwind() {
      return unwinding.begin();
    }

    @Override
    public void endUnwinding() {
      unwinding.end();
    }

    @Override
    public void closeHere(boolean allHandles) {
      IOLoop.this.closeHere(allHandles);
    }

    @Override
    public void closeNow(boolean allHandles) {
      IOLoop.this.closeNow(allHandles);
    }

    @Override
    public String toString() {
      return IOLoop.this.toString();
    }
  }

  // Which loop

  /**
   * Returns the process's main loop. It is created on first use, and again after it was closed. It
   * is used wherever a loop is needed on a thread without one, for example by {@link Gen#coroutine}
   * or {@link Gen#sleep}. If it has had work for two seconds and was never started, one warning
   * says so, unless the watchdog is off. Safe to call from any thread. Tornado 4.4: {@code
   * IOLoop.instance}.
   */
  public static IOLoop instance() {
    IOLoop main = instance;
    if (main == null || main.isClosed()) {
      synchronized (INSTANCE_LOCK) {
        main = instance;
        if (main == null || main.isClosed()) {
          main = create();
          instance = main;
        }
      }
    }
    return main;
  }

  /**
   * Returns the current loop of this thread, or {@link #instance()} if there is none. Safe to call
   * from any thread. Tornado 4.4: {@code IOLoop.current}.
   */
  public static IOLoop current() {
    IOLoop current = ThreadState.get().current;
    return current != null ? current : instance();
  }

  /**
   * Returns the current loop of this thread. If there is none, returns {@link #instance()} if
   * {@code instance} is true, else null. Safe to call from any thread.
   */
  public static @Nullable IOLoop current(boolean instance) {
    IOLoop current = ThreadState.get().current;
    return current != null || !instance ? current : instance();
  }

  /**
   * Creates a loop on the backend chosen by {@link #configure}, else on the one named by the system
   * property {@code dev.ioloop.backend}, else on {@link #configurableDefault()}. The loop does not
   * become current. Safe to call from any thread.
   *
   * @throws IllegalStateException if no backend is available
   */
  public static IOLoop create() {
    return create(Backends.chosen());
  }

  /**
   * Creates a loop on the backend with this name. Safe to call from any thread.
   *
   * @throws IllegalArgumentException if there is no such backend or it is not available; the
   *     message lists the backends that were found and why the others are unavailable
   */
  public static IOLoop create(String backend) {
    return create(Backends.provider(Objects.requireNonNull(backend, "backend == null")));
  }

  /**
   * Creates a loop on the caller's own poller, which the loop will close. For embedding and for
   * tests. A loop on a {@link Host} runs from the beginning, on the host's thread.
   */
  public static IOLoop create(String backend, Poller poller) {
    return new IOLoop(
        Objects.requireNonNull(backend, "backend == null"),
        Objects.requireNonNull(poller, "poller == null"));
  }

  private static IOLoop create(PollerProvider provider) {
    return new IOLoop(provider.name(), provider.create());
  }

  /**
   * Chooses the backend of the loops that {@link #create()} creates from now on; null restores the
   * default. Safe to call from any thread. Tornado: {@code IOLoop.configure}.
   *
   * @throws IllegalArgumentException if there is no such backend or it is not available
   */
  public static void configure(@Nullable String backend) {
    Backends.configure(backend);
  }

  /**
   * Returns the name of the default backend: the first of epoll, kqueue and nio that is present and
   * available. Tornado: {@code IOLoop.configurable_default}.
   *
   * @throws IllegalStateException if none is available
   */
  public static String configurableDefault() {
    return Backends.defaultProvider().name();
  }

  /** Returns the backends found on the class path or module path, most preferred first. */
  public static List<Backend> backends() {
    return Backends.all();
  }

  /** Returns the name of this loop's backend. Safe to call from any thread. */
  public String backend() {
    return backend;
  }

  /**
   * Returns the object of another library that this loop runs on, such as Netty's {@code
   * EventLoop}, or null if there is none of that type.
   */
  public <T> @Nullable T unwrap(Class<T> type) {
    return poller.unwrap(type);
  }

  /**
   * Returns the factory for the sockets of this loop's streams. For authors of servers and
   * transports; other users want {@code dev.ioloop.net}.
   *
   * <p>Call from the loop's thread only.
   */
  public StreamSockets sockets() {
    StreamSockets present = sockets;
    if (present == null) {
      present = sockets = poller.sockets();
    }
    return present;
  }

  /**
   * Makes this the current loop of the calling thread, so that setup code finds it.
   *
   * @throws IllegalStateException if this loop runs on another thread
   */
  public void makeCurrent() {
    if (running() && !isInLoop()) {
      throw new IllegalStateException(
          "makeCurrent() called from "
              + name(Thread.currentThread())
              + ", but the loop runs on "
              + name(thread)
              + "; use addCallback() to get there");
    }
    ThreadState.get().current = this;
  }

  /** Leaves the calling thread without a current loop. */
  public static void clearCurrent() {
    ThreadState.get().current = null;
  }

  // Running

  /**
   * Runs iterations on the calling thread until {@link #stop}. The loop is current meanwhile. If
   * {@link #stop} was called before, returns at once and forgets that call. May be called again
   * later: handlers, timeouts and callbacks are kept. Tornado: {@code IOLoop.start}.
   *
   * @throws IllegalStateException if this loop is running, closing or closed, if a loop runs on
   *     this thread, in a coroutine, on a thread other than that of the first start, or on a
   *     virtual thread
   */
  public void start() {
    ThreadState state = ThreadState.get();
    do {
      checkMayStart("start()", state);
    } while (!life.start());
    try {
      // Checked again: another thread may have started the loop since.
      refuseIfBoundElsewhere("start()");
      if (stopRequested) {
        stopRequested = false;
      } else {
        run(state);
      }
    } finally {
      life.stopped();
      Watchdog.unwatch(observer);
    }
  }

  private void run(ThreadState state) {
    IOLoop formerCurrent = state.current;
    Context formerContext = state.context;
    try {
      bind(state);
      adder = Thread.currentThread();
      state.current = this;
      state.running = this;
      state.context = null;
      state.keepMonitors();
      Watchdog.watch(observer);
      iterations.run();
    } finally {
      adder = null;
      stopRequested = false;
      state.running = null;
      state.current = formerCurrent;
      state.context = formerContext;
    }
  }

  void checkMayStart(String call, ThreadState state) {
    if (life.hasCloseBegun()) {
      throw new IllegalStateException(
          call + " of a " + (isClosed() ? "closed" : "closing") + " loop; create() another one");
    }
    refuseIfHosted(call, "spawnCallback(..) runs a coroutine on it");
    if (state.running != null || state.fiber() != null) {
      throw new IllegalStateException(
          call + " on a thread that runs a loop or in a coroutine; use await(..) there");
    }
    if (life.isRunning()) {
      throw new IllegalStateException(
          call + " of a loop that is already running, on " + name(thread));
    }
    refuseIfBoundElsewhere(call);
    if (VirtualThreads.isCurrent()) {
      throw new IllegalStateException(
          call
              + " on a virtual thread; a loop blocks in its poll and needs a platform thread,"
              + " such as new Thread(loop::start)");
    }
  }

  private void refuseIfBoundElsewhere(String call) {
    Thread bound = thread;
    if (bound != null && bound != Thread.currentThread()) {
      throw new IllegalStateException(
          call
              + " called from "
              + name(Thread.currentThread())
              + ", but the first start bound this loop to "
              + name(bound)
              + "; start it there, or create() a loop per thread");
    }
  }

  private void refuseIfHosted(String call, String remedy) {
    if (hosted != null) {
      throw new IllegalStateException(
          call + " of a loop on " + poller + ", which runs it; " + remedy);
    }
  }

  /** Makes the calling thread, which is the host's, the loop's owner. */
  private void settle(ThreadState state) {
    owner = Thread.currentThread();
    if (thread != owner) {
      thread = owner;
      threadState = state;
      ownerState = null;
    }
    adder = owner;
    state.current = this;
    state.running = this;
  }

  /** Binds the loop to the calling thread, once. */
  private void bind(ThreadState state) {
    if (thread == null) {
      poller.bind();
      thread = Thread.currentThread();
      owner = Thread.currentThread();
      threadState = state;
    }
  }

  /**
   * Makes {@link #start} return after the present iteration. If called before {@link #start}, makes
   * that call return at once. Safe to call from any thread. Tornado: {@code IOLoop.stop}.
   *
   * @throws IllegalStateException if the loop runs on a host: stopping the loop would not stop the
   *     host
   */
  public void stop() {
    refuseIfHosted("stop()", "close() detaches it");
    stopRequested = true;
    if (!isOwner()) {
      post(WAKE_UP);
    }
  }

  /**
   * Returns whether {@link #start} is running. A loop on a host runs until it is closed. Safe to
   * call from any thread.
   */
  public boolean running() {
    return life.isRunning() || hosted != null && life.isClosing();
  }

  /**
   * Runs {@code body} as a coroutine, runs the loop until it has ended, and returns its result or
   * throws its exception, unwrapped. Tornado: {@code IOLoop.run_sync}.
   *
   * @throws IllegalStateException in the same cases as {@link #start}; also if the loop was stopped
   *     before the body ended
   */
  public <T extends @Nullable Object> T runSync(Callable<T> body) {
    return new RunSync<>(this, null, body).run();
  }

  /**
   * Same as {@link #runSync(Callable)}, for a body that returns a stage; the stage's outcome is the
   * body's.
   */
  public <T extends @Nullable Object> T runSync(AsyncCallable<T> body) {
    return runSync(Bodies.of(body));
  }

  /** Same as {@link #runSync(Callable)}, for a body without a result. */
  public void runSync(Action body) {
    runSync(Bodies.of(body));
  }

  /**
   * Same as {@link #runSync(Callable)}, but cancels the body when {@code timeout} has passed and
   * waits for it to unwind, for at most ten seconds.
   *
   * @throws LoopTimeoutException if the body did not end in time
   */
  public <T extends @Nullable Object> T runSync(Duration timeout, Callable<T> body) {
    Objects.requireNonNull(timeout, "timeout == null");
    return new RunSync<>(this, timeout, body).run();
  }

  /** Same as {@link #runSync(Duration, Callable)}, for a body that returns a stage. */
  public <T extends @Nullable Object> T runSync(Duration timeout, AsyncCallable<T> body) {
    return runSync(timeout, Bodies.of(body));
  }

  /** Same as {@link #runSync(Duration, Callable)}, for a body without a result. */
  public void runSync(Duration timeout, Action body) {
    runSync(timeout, Bodies.of(body));
  }

  /**
   * Closes a stopped loop. Cancels its suspended coroutines and runs them until they have ended,
   * for at most one second; then drops callbacks and timeouts and releases the backend's resources.
   * Registered channels stay open. Safe to call from any thread. Tornado: {@code IOLoop.close}.
   *
   * <p>The loop is closing while the coroutines unwind. Callbacks and timeouts still run, including
   * callbacks posted by other threads. Channels are served if the calling thread is that of the
   * first start. A coroutine may start others. A coroutine that is started elsewhere, or was
   * spawned and has not begun, is cancelled and never begins. Whatever is thrown meanwhile, the
   * loop is closed in the end. Later callbacks from any thread are dropped silently. A call while
   * the loop is closing or closed does nothing and returns at once.
   *
   * <p>A loop on a host is closed while it runs; the host is left alone, and this method returns at
   * once. The coroutines unwind in turns on the host, and {@link #running} becomes false when they
   * have ended. If called on the host's thread, outside the loop's own callbacks and coroutines,
   * the first of these turns takes place inside this call. A host that ends also closes its loop:
   * its last task waits for the coroutines, for at most one second.
   *
   * @throws IllegalStateException if this loop is running, or if called in one of its coroutines or
   *     in code that such a coroutine runs, such as a generator
   */
  @Override
  public void close() {
    close(false);
  }

  /**
   * Same as {@link #close()}; if {@code allHandles} is true, also closes the registered channels.
   */
  public void close(boolean allHandles) {
    if (hosted != null) {
      hosted.close(allHandles);
      return;
    }
    if (life.isStopped() && Runner.isPresentOneOf(this)) {
      throw new IllegalStateException(
          "close() in a coroutine of the loop; let it end, or close the loop elsewhere");
    }
    if (life.close()) {
      closeHere(allHandles);
    }
  }

  /** Ends the coroutines of a closing loop on the calling thread, then closes the loop. */
  private void closeHere(boolean allHandles) {
    try {
      if (!suspended.isEmpty()) {
        unwindHere();
      }
    } finally {
      closeNow(allHandles);
    }
  }

  private void unwindHere() {
    ThreadState state = ThreadState.get();
    boolean mayPoll = hosted == null && (thread == null || thread == Thread.currentThread());
    IOLoop formerCurrent = state.current;
    IOLoop formerRunning = state.running;
    Context formerContext = state.context;
    state.current = this;
    state.running = this;
    state.context = null;
    threadState = state;
    owner = Thread.currentThread();
    adder = owner;
    parked = mayPoll ? null : owner;
    state.keepMonitors();
    callbacks.wakeUp(); // A hosted loop is asleep between its turns.
    try {
      if (mayPoll) {
        bind(state);
      }
      unwinding.begin();
      unwinding.run(mayPoll);
    } finally {
      try {
        unwinding.end();
      } finally {
        parked = null;
        state.running = formerRunning;
        state.current = formerCurrent;
        state.context = formerContext;
      }
    }
  }

  /** Closes a loop whose coroutines have ended. */
  private void closeNow(boolean allHandles) {
    ThreadState state = ThreadState.get();
    adder = null;
    dormant = false;
    try {
      if (!callbacks.close()) {
        Unwinding.reportEndless(this);
      }
    } finally {
      life.closed();
      owner = null;
      timeouts.clear();
      release(allHandles);
      if (state.current == this) {
        state.current = null;
      }
      if (state.running == this) {
        state.running = null;
      }
    }
  }

  private void release(boolean allHandles) {
    try {
      watches.close(allHandles);
    } finally {
      try {
        poller.close();
      } finally {
        fibers.close();
        Watchdog.unwatch(observer);
        FailureReport.reportAll(this);
      }
    }
  }

  boolean isClosed() {
    return life.isClosed();
  }

  /** Returns whether the loop is closing, so that only a coroutine may start another one. */
  boolean isClosing() {
    return life.isClosing();
  }

  /**
   * Runs {@code body} as the main coroutine of a program, like {@link #runSync(Action)}, until it
   * ends or a signal asks the process to end. Ctrl-C or SIGTERM cancels the body, lets its {@code
   * finally} blocks run for at most ten seconds, and ends the process with the exit code that
   * shells expect, 130 or 143. A second signal ends the process at once. Tornado has no
   * counterpart; asyncio: {@code run}.
   *
   * @throws IllegalStateException in the same cases as {@link #start}
   */
  public void runMain(Action body) {
    new RunMain(this, body).run();
  }

  // Callbacks and timeouts

  /**
   * Runs {@code callback} once, in the next iteration. Callbacks added by one thread run in the
   * order in which it added them. Dropped silently after {@link #close()}.
   *
   * <p>Safe to call from any thread. Tornado: {@code IOLoop.add_callback}.
   */
  public void addCallback(Runnable callback) {
    if (callback == null) {
      throw new NullPointerException("callback == null");
    }
    if (Origins.ENABLED) {
      Origins.note(callback, ThreadState.get().fiber());
    }
    post(Context.inUse ? Context.captured(callback) : callback);
  }

  /** Same as {@link #addCallback}, without the context of the calling code. */
  void post(Runnable callback) {
    if (adder == Thread.currentThread()) {
      callbacks.add(callback);
      if (dormant) {
        wakeHost();
      }
    } else {
      if (callbacks.post(callback)) {
        wake();
      }
      if (thread == null && callback != WAKE_UP) {
        noteWaitingWork();
      }
    }
  }

  /** Asks the watchdog to check whether the main loop, which has work, is ever started. */
  private void noteWaitingWork() {
    if (this == instance && !waitingWorkNoted) {
      waitingWorkNoted = true;
      Fiber fiber = ThreadState.get().fiber();
      Watchdog.expectStart(observer, fiber == null ? Thread.currentThread() : fiber.baseThread());
    }
  }

  /** Returns whether the loop has work but was never started. For the watchdog. */
  boolean hasWaitingWork() {
    boolean work = callbacks.size() > 0 || timeouts.size() > 0;
    waitingWorkNoted = work;
    return work && thread == null && !life.hasCloseBegun();
  }

  /** Wakes the thread that runs the loop. Called by the thread that found the loop asleep. */
  private void wake() {
    Thread closing = parked;
    if (closing == null) {
      poller.wakeup();
    } else {
      LockSupport.unpark(closing);
    }
  }

  /** Asks the host to run the loop. The loop's thread only. */
  private void wakeHost() {
    dormant = false;
    poller.wakeup();
  }

  /** Cancels what would wait forever for a dropped callback; ignores all other callbacks. */
  private static void drop(Runnable callback) {
    Runner.drop(callback);
    BlockingWork.drop(callback);
  }

  /** Same as {@link #addCallback}, which is also safe in Java's signal handlers. */
  public void addCallbackFromSignal(Runnable callback) {
    addCallback(callback);
  }

  /** Same as {@link #addCallback}; lets the loop serve as an {@link Executor}. */
  @Override
  public void execute(Runnable command) {
    addCallback(command);
  }

  /**
   * Starts {@code body} in the next iteration, as a coroutine that nobody awaits. Its failure goes
   * to the exception handler.
   *
   * <p>Safe to call from any thread. Tornado: {@code IOLoop.spawn_callback}.
   *
   * @return the coroutine's future; cancelled if the loop is closed before the body begins
   */
  public <T extends @Nullable Object> Future<T> spawnCallback(Callable<T> body) {
    return Runner.spawn(this, Objects.requireNonNull(body, "body == null"));
  }

  /**
   * Same as {@link #spawnCallback(Callable)}, for a body that returns a stage; the stage's outcome
   * is the body's.
   */
  public <T extends @Nullable Object> Future<T> spawnCallback(AsyncCallable<T> body) {
    return spawnCallback(Bodies.of(body));
  }

  /** Same as {@link #spawnCallback(Callable)}, for a body without a result. */
  public Future<@Nullable Void> spawnCallback(Action body) {
    return spawnCallback(Bodies.of(body));
  }

  /**
   * Runs {@code callback} with {@code future} once that is done: always in an iteration of this
   * loop, never inline, whichever thread completes it. Not called if the loop is closed first.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.add_future}.
   */
  public <T extends @Nullable Object> void addFuture(
      CompletionStage<T> future, Consumer<? super Future<T>> callback) {
    checkThread("addFuture()");
    Objects.requireNonNull(callback, "callback == null");
    Context context = Context.inUse ? Context.current() : null;
    Future.from(future)
        .addDoneCallback(
            done -> {
              Runnable call = () -> callback.accept(done);
              post(context == null ? call : context.wrap(call));
            });
  }

  /**
   * Runs {@code callback} once, after {@code delay} has passed on {@link #time()}. A zero or
   * negative delay means the next iteration. Timeouts with equal deadlines run in the order in
   * which they were added.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.call_later}.
   *
   * @throws IllegalStateException if called from another thread or after {@link #close()}
   */
  public Timeout callLater(Duration delay, Runnable callback) {
    checkThread("callLater()");
    return addTimeout(time() + nanos(delay), callback);
  }

  /**
   * Runs {@code callback} once, when {@link #time()} has reached {@code time}, in nanoseconds. A
   * time in the past means the next iteration. A time more than a hundred years away, in either
   * direction, is clamped to a hundred years, as {@link Timeout#deadline} shows; clamped timeouts
   * run in the order in which they were added.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.call_at}.
   *
   * @throws IllegalStateException if called from another thread or after {@link #close()}
   */
  public Timeout callAt(long time, Runnable callback) {
    checkThread("callAt()");
    return addTimeout(deadline(time), callback);
  }

  /**
   * Returns {@code time} as a deadline, clamped so that differences between deadlines cannot
   * overflow.
   */
  private long deadline(long time) {
    long now = time();
    long ahead = time - now;
    boolean isNear = ahead <= MAX_DELAY_NANOS && ahead >= -MAX_DELAY_NANOS;
    boolean isOverdue = isNear ? ahead < 0 : time < now;
    if (isOverdue) {
      iterations.overdueAdded(now);
    }
    return isNear ? time : isOverdue ? now - MAX_DELAY_NANOS : now + MAX_DELAY_NANOS;
  }

  /** Same as {@link #callAt}, in a context chosen by the caller. */
  Timeout callAt(long time, Context context, Runnable callback) {
    checkThread("callAt()");
    Runnable call = Context.inUse ? context.wrap(callback) : callback;
    return addTimeoutInContext(deadline(time), call);
  }

  private Timeout addTimeout(long deadline, Runnable callback) {
    Objects.requireNonNull(callback, "callback == null");
    if (Origins.ENABLED) {
      Origins.note(callback, ThreadState.get().fiber());
    }
    return addTimeoutInContext(deadline, Context.inUse ? Context.captured(callback) : callback);
  }

  private Timeout addTimeoutInContext(long deadline, Runnable callback) {
    iterations.timeoutAdded();
    if (dormant) {
      wakeHost();
    }
    if (adder == null && thread == null) {
      noteWaitingWork();
    }
    return timeouts.add(new LoopTimeout(timeouts, deadline, callback));
  }

  /**
   * Cancels a pending timeout, even one that is due in this iteration. Does nothing to one that has
   * fired or was cancelled.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.remove_timeout}.
   *
   * @throws IllegalArgumentException if the timeout belongs to another loop
   */
  public void removeTimeout(Timeout timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    if (!isClosed()) {
      checkThread("removeTimeout()");
      LoopTimeout entry = (LoopTimeout) timeout;
      if (!timeouts.owns(entry)) {
        throw new IllegalArgumentException(
            "removeTimeout() of a timeout that was not added to " + this + ": " + timeout);
      }
      timeouts.remove(entry);
    }
  }

  /**
   * Returns the time on this loop's clock, in nanoseconds. The clock is monotonic and its origin is
   * arbitrary; compare times by their difference. Safe to call from any thread. Tornado: {@code
   * IOLoop.time}, in seconds.
   */
  public long time() {
    return poller.nanoTime();
  }

  // I/O events

  /**
   * Calls {@code handler} whenever {@code channel} is ready for one of {@code events}, a
   * combination of {@link #READ}, {@link #WRITE} and {@link #ERROR}. Handlers are level-triggered.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.add_handler}.
   *
   * @throws IllegalArgumentException if the channel is closed or blocking, already has a handler,
   *     or cannot be watched for these events
   */
  public void addHandler(SelectableChannel channel, IOHandler handler, int events) {
    checkThread("addHandler()");
    IOHandler captured = captured(handler);
    watches.add(channel, captured, captured::handle, events);
  }

  /**
   * Same as {@link #addHandler(SelectableChannel, IOHandler, int)}, for a file descriptor.
   *
   * @throws UnsupportedOperationException on a backend without file descriptors
   */
  public void addHandler(int fd, IOHandler handler, int events) {
    checkThread("addHandler()");
    IOHandler captured = captured(handler);
    watches.add(fd, captured, captured::handle, events);
  }

  private static IOHandler captured(IOHandler handler) {
    Objects.requireNonNull(handler, "handler == null");
    return Context.inUse ? Context.captured(handler) : handler;
  }

  /**
   * Replaces the events that a channel is watched for, from the next poll on. {@link #NONE} pauses
   * the handler.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.update_handler}.
   *
   * @throws IllegalArgumentException if the channel has no handler
   */
  public void updateHandler(SelectableChannel channel, int events) {
    checkThread("updateHandler()");
    watches.update(Objects.requireNonNull(channel, "channel == null"), events);
  }

  /** Same as {@link #updateHandler(SelectableChannel, int)}, for a file descriptor. */
  public void updateHandler(int fd, int events) {
    checkThread("updateHandler()");
    watches.update(fd, events);
  }

  /**
   * Stops watching a channel. The handler is not called again, even for an event that this poll has
   * already found. Does nothing if the channel has no handler. The channel stays open.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.remove_handler}.
   */
  public void removeHandler(SelectableChannel channel) {
    checkThread("removeHandler()");
    watches.remove(Objects.requireNonNull(channel, "channel == null"));
  }

  /** Same as {@link #removeHandler(SelectableChannel)}, for a file descriptor. */
  public void removeHandler(int fd) {
    checkThread("removeHandler()");
    watches.remove(fd);
  }

  // Executors

  /**
   * Runs blocking work on the default executor and returns a future that is completed on this loop.
   * Cancelling the future interrupts the work.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.run_in_executor}.
   */
  public <T extends @Nullable Object> Future<T> runInExecutor(Callable<T> task) {
    checkThread("runInExecutor()");
    return workers.run(null, task);
  }

  /** Same as {@link #runInExecutor(Callable)}, on the given executor. */
  public <T extends @Nullable Object> Future<T> runInExecutor(Executor executor, Callable<T> task) {
    checkThread("runInExecutor()");
    return workers.run(Objects.requireNonNull(executor, "executor == null"), task);
  }

  /** Same as {@link #runInExecutor(Callable)}, for work without a result. */
  public Future<@Nullable Void> runInExecutor(Action task) {
    return runInExecutor(Bodies.of(task));
  }

  /** Same as {@link #runInExecutor(Executor, Callable)}, for work without a result. */
  public Future<@Nullable Void> runInExecutor(Executor executor, Action task) {
    return runInExecutor(executor, Bodies.of(task));
  }

  /**
   * Replaces the executor of {@link #runInExecutor(Callable)} for this loop. By default all loops
   * share one executor: it has at most 256 daemon threads, created on demand, which end after five
   * seconds without work. If all are busy, work waits, first in first out. Safe to call from any
   * thread. Tornado: {@code IOLoop.set_default_executor}.
   */
  public void setDefaultExecutor(Executor executor) {
    workers.setDefault(Objects.requireNonNull(executor, "executor == null"));
  }

  // Debugging and errors

  /**
   * Returns a human-readable description of this loop, its next timeouts, and each suspended
   * coroutine: its name, how long and at which line it has been waiting, and, if known, what it
   * waits for. A coroutine is listed above those it waits for; coroutines that wait for each other
   * are marked DEADLOCK. Describes the first 1,000 coroutines at most, and fewer, but at least 100,
   * if that takes longer than 50 ms. Call from the loop's thread only, or while the loop is
   * stopped.
   */
  public String dump() {
    return dump(MAX_DUMPED);
  }

  /**
   * Same as {@link #dump()}, for the coroutines that were suspended first.
   *
   * @param coroutines how many coroutines to describe at most; 0 or more
   * @throws IllegalArgumentException if {@code coroutines} is negative
   */
  public String dump(int coroutines) {
    if (coroutines < 0) {
      throw new IllegalArgumentException("the number of coroutines is negative: " + coroutines);
    }
    StringBuilder text = new StringBuilder(toString()).append('\n');
    for (TimeoutQueue.Entry timeout : timeouts.first(MAX_DUMPED_TIMEOUTS)) {
      long left = timeout.deadline() - poller.nanoTime();
      text.append("  timeout in ").append(WaitTree.rest(left));
      text.append(" of ").append(((LoopTimeout) timeout).describe()).append('\n');
    }
    WaitTree.append(text, suspended, iterations.presentClock(), coroutines);
    return text.toString();
  }

  /**
   * Returns what this loop has done so far. Safe to call from any thread, though another thread may
   * see slightly outdated numbers.
   */
  public LoopStats stats() {
    return new LoopStats(
        iterations.turns(),
        callbacks.run(),
        callbacks.size(),
        timeouts.size(),
        suspended.size(),
        iterations.polls(),
        iterations.wakeups(),
        iterations.lastLagNanos(),
        iterations.worstLagNanos());
  }

  /**
   * Reports an iteration that takes longer than {@code limit}, while it is still running. The
   * report is a warning of the {@link System.Logger} named {@code dev.ioloop}, with the stack of
   * the culprit and, if it is a coroutine, the coroutine. It is repeated after twice that time,
   * then after twice that, and so on, and once more when the loop goes on. The default is two
   * seconds, or the value of the system property {@code dev.ioloop.watchdog}: {@code 100ms}, {@code
   * 2s} or {@code off}, for example.
   *
   * <p>Safe to call from any thread. Tornado 4.4: {@code IOLoop.set_blocking_log_threshold}.
   *
   * @param limit null for no reports; more than a hundred years counts as a hundred
   * @throws IllegalArgumentException if {@code limit} is not positive
   */
  public void setBlockingLogThreshold(@Nullable Duration limit) {
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException(
          "the limit is not positive; null turns reports off: " + limit);
    }
    observer.setLimit(limit);
  }

  /**
   * Returns what has blocked this loop for longer than the limit of {@link
   * #setBlockingLogThreshold}: the last 100, oldest first. One that is still blocking comes last.
   * Safe to call from any thread.
   */
  public List<SlowCallback> slowCallbacks() {
    return observer.slowCallbacks();
  }

  /** Returns what the watchdog sees of this loop. */
  LoopObserver observer() {
    return observer;
  }

  /** Returns the coarse time; see {@link IterationRunner#clock}. */
  long clock() {
    return iterations.clock();
  }

  /** Returns a number that changes with each iteration and each poll. For the watchdog. */
  long progress() {
    return iterations.progress();
  }

  /** Returns whether this loop runs on a host. */
  boolean isHosted() {
    return hosted != null;
  }

  /**
   * Returns the thread that runs the loop, or that of the coroutine the loop waits for. For the
   * watchdog.
   */
  @Nullable Thread presentThread() {
    Thread present = owner;
    return present == HostedTurns.NOT_YET ? null : present;
  }

  /** Returns whether a thread with these frames of a poll on its stack is waiting for events. */
  boolean waits(List<StackTraceElement> poll) {
    return poller.waits(poll);
  }

  /** Returns the fiber that runs now or ran last. For the watchdog, which may read it late. */
  @Nullable Fiber presentFiber() {
    ThreadState state = ownerState != null ? ownerState : threadState;
    return state == null ? null : state.fiber();
  }

  /**
   * Sets the handler of uncaught exceptions. It receives the callback, handler, {@link
   * PeriodicCallback} or coroutine's future that failed, and the exception. The default handler
   * logs through the {@link System.Logger} named {@code dev.ioloop}. An exception thrown by the
   * handler itself is logged. Safe to call from any thread; the handler is called on the loop's
   * thread. Tornado 4.4: {@code IOLoop.handle_callback_exception}.
   */
  public void setExceptionHandler(BiConsumer<Object, Throwable> handler) {
    exceptionHandler = Objects.requireNonNull(handler, "handler == null");
  }

  @Override
  public String toString() {
    String state =
        isClosed()
            ? "closed"
            : isClosing() ? "closing" : running() ? "running on " + name(thread) : "stopped";
    return "IOLoop["
        + backend
        + ", "
        + state
        + ", handlers="
        + watches.size()
        + ", timeouts="
        + timeouts.size()
        + ", suspended coroutines="
        + suspended.size()
        + "]";
  }

  /** Passes what {@code source} threw to the exception handler, or rethrows it if it is fatal. */
  void failed(Object source, Throwable failure) {
    rethrowFatal(failure);
    if (source instanceof Context.InContext inContext) {
      source = inContext.callback();
    } else if (source instanceof WatchedChannels.Watch watch) {
      source = watch.source;
    }
    BiConsumer<Object, Throwable> handler = exceptionHandler;
    if (handler == null) {
      log(source, failure);
      return;
    }
    try {
      handler.accept(source, failure);
    } catch (Throwable e) {
      rethrowFatal(e);
      e.addSuppressed(failure);
      LOG.log(Level.ERROR, "The loop's exception handler threw an exception", e);
    }
  }

  /** Passes what a callback threw to this thread's loop, or logs it if there is none. */
  static void report(Object source, Throwable failure) {
    IOLoop loop = ThreadState.get().current;
    if (loop != null && loop.isOwner()) {
      loop.failed(source, failure);
    } else {
      rethrowFatal(failure);
      log(source, failure);
    }
  }

  private static void log(Object source, Throwable failure) {
    LOG.log(
        Level.ERROR,
        "Exception in callback " + source + Origins.text(", posted at ", source),
        failure);
  }

  static void rethrowFatal(Throwable failure) {
    if (isFatal(failure)) {
      throw (Error) failure;
    }
  }

  /**
   * Returns whether the loop must not survive this. It survives a stack overflow, whose stack has
   * been unwound.
   */
  static boolean isFatal(Throwable failure) {
    return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
  }

  // Threads

  /** Returns whether the calling thread runs the loop's callbacks right now. */
  private boolean isOwner() {
    return owner == Thread.currentThread();
  }

  /**
   * Returns whether the calling thread may use the loop: it owns the loop, or no thread does yet. A
   * loop in its first start is running before it is bound to its thread.
   */
  boolean isInLoop() {
    Thread now = owner;
    return now == null ? !life.isRunning() : now == Thread.currentThread();
  }

  /** Moves ownership of the loop between a thread and the thread of a fiber that it resumes. */
  void moveOwner(Thread from, Thread to, ThreadState toState) {
    if (owner == from) {
      owner = to;
      ownerState = toState;
      if (adder == from) {
        adder = to;
      }
    }
  }

  /**
   * Returns the state of the thread that runs iterations, or of the calling thread before the first
   * start.
   */
  ThreadState threadState() {
    ThreadState state = threadState;
    return state != null ? state : ThreadState.get();
  }

  private void checkThread(String call) {
    checkThread(call, "addCallback()");
  }

  void checkThread(String call, String remedy) {
    if (isClosed()) {
      throw new IllegalStateException(call + " of a closed loop; create() another one");
    }
    if (!isInLoop()) {
      throw new IllegalStateException(
          call
              + " called from "
              + name(Thread.currentThread())
              + "; use "
              + remedy
              + " to get to the loop's thread, "
              + name(thread));
    }
  }

  private static String name(@Nullable Thread thread) {
    return thread == null ? "no thread" : "thread \"" + thread.getName() + "\"";
  }

  /** Returns {@code delay} in nanoseconds; more than a hundred years counts as a hundred. */
  static long nanos(Duration delay) {
    Objects.requireNonNull(delay, "delay == null");
    return delay.compareTo(MAX_DELAY) < 0
        ? delay.isNegative() ? 0 : delay.toNanos()
        : MAX_DELAY_NANOS;
  }
}
