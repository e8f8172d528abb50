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
 * coroutines, one at a time. The package's documentation numbers the steps of an iteration.
 *
 * <pre>{@code
 * try (IOLoop loop = IOLoop.create()) {
 *   int sum = loop.runSync(() -> slowSum(2, 3));
 *   System.out.println(sum);
 * }
 * }</pre>
 *
 * <p>Threads: before the first {@link #start} or {@link #runSync} any one thread at a time may set
 * the loop up. The first start binds the loop to its thread. From other threads {@link
 * #addCallback}, {@link #addCallbackFromSignal}, {@link #spawnCallback}, {@link #execute}, {@link
 * #stop} and the getters may be called, and {@link #close} once the loop has stopped; all else is
 * refused there.
 *
 * <p>Whatever a callback, timeout, handler or coroutine throws goes to the exception handler, and
 * the loop goes on. Only a {@link VirtualMachineError} that is no {@link StackOverflowError} leaves
 * {@link #start}; the loop is stopped then and can be closed. Tornado: {@code
 * tornado.ioloop.IOLoop}.
 */
public final class IOLoop implements Executor, AutoCloseable {

  /** No event. */
  public static final int NONE = 0;

  /** The channel can be read, accepted from, or has reached its end. */
  public static final int READ = Events.READ;

  /** The channel can be written, or its connect has ended. */
  public static final int WRITE = Events.WRITE;

  /**
   * The channel failed or hung up. Reported whether asked for or not, where the backend can tell.
   */
  public static final int ERROR = Events.ERROR;

  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final Object INSTANCE_LOCK = new Object();
  private static volatile @Nullable IOLoop instance;

  /** Far enough for anyone, and near enough to be compared by difference. */
  private static final Duration LONGEST_DELAY = Duration.ofDays(36_500);

  /** A hundred years in nanoseconds: no deadline is further away. */
  static final long MOST_NANOS = LONGEST_DELAY.toNanos();

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

  /** What a host executes; null where the loop runs itself. */
  private final @Nullable HostedTurns hosted;

  final SuspendedCoroutines suspended = new SuspendedCoroutines();
  final FiberPool fibers = new FiberPool();

  /** Made when first asked for. */
  private @Nullable StreamSockets sockets;

  /** The thread that may use the loop: null until the first start, a fiber's while that runs. */
  private @Nullable Thread owner;

  /**
   * The thread whose callbacks join the queue without a compare-and-set: the owner while the loop
   * runs or is closing, else none, because {@link #close} may come from any thread then.
   */
  private @Nullable Thread adder;

  /** The thread that closes the loop and may not poll, so that it parks in place of that. */
  private volatile @Nullable Thread parked;

  /** The thread of the first start. */
  private volatile @Nullable Thread thread;

  /** The state of the thread that runs iterations. Null until the first start. */
  private @Nullable ThreadState threadState;

  /** The state of the owner, if a fiber's thread has ever been that. */
  private @Nullable ThreadState ownerState;

  /** Whether a callback of the loop's own thread has to ask the host for a turn. */
  private boolean dormant;

  private final LoopObserver observer = new LoopObserver(this);

  /** Whether the watchdog knows that the loop has work although it has never been started. */
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

  /** What the iterations of this loop call above themselves. */
  private final class Hooks extends LoopHooks implements HostedTurns.Hosted {

    /** What a thread of a host was doing before the present turn. */
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
    public void enterTurn() {
      ThreadState state = ThreadState.get();
      outerLoop = state.running;
      settle(state);
      state.keepMonitors();
      outerContext = state.context;
      state.context = null;
    }

    @Override
    public void leaveTurn(boolean staysRunning) {
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
   * Returns the process's main loop, which is made on first use, and anew once it was closed. It is
   * taken wherever a loop is needed on a thread without one, as by {@link Gen#coroutine} or {@link
   * Gen#sleep}. Where it has had work for two seconds and was never started, one warning says so,
   * unless the watchdog is off. Safe to call from any thread. Tornado: {@code IOLoop.instance} as
   * of 4.4.
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
   * Returns the current loop of this thread, else {@link #instance()}. Safe to call from any
   * thread. Tornado: {@code IOLoop.current} as of 4.4.
   */
  public static IOLoop current() {
    IOLoop current = ThreadState.get().current;
    return current != null ? current : instance();
  }

  /**
   * Returns the current loop of this thread; where there is none, {@link #instance()} or, if {@code
   * instance} is false, null. Safe to call from any thread.
   */
  public static @Nullable IOLoop current(boolean instance) {
    IOLoop current = ThreadState.get().current;
    return current != null || !instance ? current : instance();
  }

  /**
   * Makes a loop on the configured backend, else the one that the system property {@code
   * dev.ioloop.backend} names, else {@link #configurableDefault()}. It does not become current.
   * Safe to call from any thread.
   *
   * @throws IllegalStateException if no backend is available
   */
  public static IOLoop create() {
    return create(Backends.chosen());
  }

  /**
   * Makes a loop on the backend with this name. Safe to call from any thread.
   *
   * @throws IllegalArgumentException if there is none or it is not available; the message lists
   *     what was found and why the rest is unavailable
   */
  public static IOLoop create(String backend) {
    return create(Backends.provider(Objects.requireNonNull(backend, "backend == null")));
  }

  /**
   * Makes a loop on a poller of one's own, which it will close. For embedding and for tests. On a
   * {@link Host} the loop is running from the beginning: the host's thread is its own.
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
   * Chooses the backend of the loops that {@link #create()} makes from now on; null goes back to
   * the default. Safe to call from any thread. Tornado: {@code IOLoop.configure}.
   *
   * @throws IllegalArgumentException if there is no such backend or it is not available
   */
  public static void configure(@Nullable String backend) {
    Backends.configure(backend);
  }

  /**
   * Returns the name of the default backend: epoll, else kqueue, else nio, the first that is
   * present and available. Tornado: {@code IOLoop.configurable_default}.
   *
   * @throws IllegalStateException if none is
   */
  public static String configurableDefault() {
    return Backends.defaultProvider().name();
  }

  /** Returns the backends that were found on the class or module path, the most preferred first. */
  public static List<Backend> backends() {
    return Backends.all();
  }

  /** Returns the name of this loop's backend. Safe to call from any thread. */
  public String backend() {
    return backend;
  }

  /**
   * Returns the object of another library under this loop, such as Netty's {@code EventLoop}, or
   * null where there is none of that type.
   */
  public <T> @Nullable T unwrap(Class<T> type) {
    return poller.unwrap(type);
  }

  /**
   * Returns what opens the sockets of this loop's streams; for those who write servers and
   * transports of their own. Users want {@code dev.ioloop.net}.
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
   * Makes this the current loop of the calling thread, so that set-up code finds it.
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
   * later; handlers, timeouts and callbacks stay. Tornado: {@code IOLoop.start}.
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
      refuseIfBoundElsewhere("start()"); // Again: another thread's start may have come between.
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
          call + " of a loop that is running already, on " + name(thread));
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
          call + " of a loop that lives on " + poller + ", which runs it; " + remedy);
    }
  }

  /** Makes the calling thread, which is its host's, the loop's own. */
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
   * Lets the present iteration complete and {@link #start} return then; called before {@link
   * #start}, it makes that return at once. Safe to call from any thread. Tornado: {@code
   * IOLoop.stop}.
   *
   * @throws IllegalStateException if the loop lives on a host, which does not end with it
   */
  public void stop() {
    refuseIfHosted("stop()", "close() detaches it");
    stopRequested = true;
    if (!isOwner()) {
      post(WAKE_UP);
    }
  }

  boolean stopRequested() {
    return stopRequested;
  }

  /**
   * Returns whether the loop is between the beginning and the end of {@link #start}; one that lives
   * on a host is running until it is closed. Safe to call from any thread.
   */
  public boolean running() {
    return life.isRunning() || hosted != null && life.isClosing();
  }

  /**
   * Runs the loop until {@code body}, as a coroutine, has ended, and returns its result or throws
   * its exception, unwrapped. Tornado: {@code IOLoop.run_sync}.
   *
   * @throws IllegalStateException as {@link #start}; also if the loop was stopped before the body
   *     ended
   */
  public <T extends @Nullable Object> T runSync(Callable<T> body) {
    return new RunSync<>(this, null, body).run();
  }

  /** As {@link #runSync(Callable)}, for a body whose outcome is that of the stage it returns. */
  public <T extends @Nullable Object> T runSync(AsyncCallable<T> body) {
    return runSync(Bodies.of(body));
  }

  /** As {@link #runSync(Callable)}, for a body without a result. */
  public void runSync(Action body) {
    runSync(Bodies.of(body));
  }

  /**
   * As {@link #runSync(Callable)}, but cancels the body when {@code timeout} has passed, and waits
   * for it to unwind, ten seconds at most.
   *
   * @throws LoopTimeoutException if the body had not ended in time
   */
  public <T extends @Nullable Object> T runSync(Duration timeout, Callable<T> body) {
    Objects.requireNonNull(timeout, "timeout == null");
    return new RunSync<>(this, timeout, body).run();
  }

  /** As {@link #runSync(Duration, Callable)}, for a body that returns a stage. */
  public <T extends @Nullable Object> T runSync(Duration timeout, AsyncCallable<T> body) {
    return runSync(timeout, Bodies.of(body));
  }

  /** As {@link #runSync(Duration, Callable)}, for a body without a result. */
  public void runSync(Duration timeout, Action body) {
    runSync(timeout, Bodies.of(body));
  }

  /**
   * Closes a loop that is stopped: cancels its suspended coroutines and runs them until they have
   * ended, one second at most; then drops callbacks and timeouts and releases what the backend
   * holds. Registered channels stay open. Safe to call from any thread. Tornado: {@code
   * IOLoop.close}.
   *
   * <p>While the coroutines unwind the loop is closing: callbacks and timeouts run, those that
   * other threads post too, and channels are served if this is the thread of the first start. A
   * coroutine may start others; one that is started elsewhere, or that has been spawned and has not
   * begun, is cancelled and never begins. Whatever is thrown meanwhile, the loop is closed
   * afterwards. Later callbacks of any thread are dropped silently. A call while the loop is
   * closing or closed does nothing and returns at once.
   *
   * <p>A loop that lives on a host is closed though it runs, the host is left alone, and this
   * returns at once: the coroutines unwind in turns of the host, and {@link #running} tells when
   * that has ended. On the host's thread, outside the loop's own callbacks and coroutines, the
   * first turn takes place inside this call. A host that ends takes the loop along: with the last
   * thing that it runs it waits for the coroutines, one second at most.
   *
   * @throws IllegalStateException if this loop is running, or in one of its coroutines or what that
   *     runs, such as a generator
   */
  @Override
  public void close() {
    close(false);
  }

  /** As {@link #close()}; with {@code allHandles} closes the registered channels, too. */
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

  /** Ends the coroutines of a loop that is closing on the calling thread, and closes it then. */
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
    callbacks.wakeUp(); // A host's loop is asleep between its turns.
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
   * Runs {@code body} as the main coroutine of a program, as {@link #runSync(Action)} does, until
   * it ends or the process is told to: Ctrl-C or SIGTERM cancels the body, so that its {@code
   * finally} blocks run, ten seconds at most, and ends the process with the exit code that shells
   * expect, 130 or 143. A second signal ends the process at once. Tornado has none; asyncio: {@code
   * run}.
   *
   * @throws IllegalStateException as {@link #start}
   */
  public void runMain(Action body) {
    new RunMain(this, body).run();
  }

  // Callbacks and timeouts

  /**
   * Runs {@code callback} once, in the next iteration. Callbacks of one thread run in the order in
   * which it added them. Dropped silently after {@link #close()}.
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

  /** As {@link #addCallback}, without the context of the calling code. */
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

  /** Has the watchdog look whether the main loop, which has work, is ever started. */
  private void noteWaitingWork() {
    if (this == instance && !waitingWorkNoted) {
      waitingWorkNoted = true;
      Fiber fiber = ThreadState.get().fiber();
      Watchdog.expectStart(observer, fiber == null ? Thread.currentThread() : fiber.baseThread());
    }
  }

  /** Returns whether the loop has work and was never started. For the watchdog. */
  boolean hasWaitingWork() {
    boolean work = callbacks.size() > 0 || timeouts.size() > 0;
    waitingWorkNoted = work;
    return work && thread == null && !life.hasCloseBegun();
  }

  /** Ends the wait of the thread that runs the loop. Called by whoever found it asleep. */
  private void wake() {
    Thread closing = parked;
    if (closing == null) {
      poller.wakeup();
    } else {
      LockSupport.unpark(closing);
    }
  }

  /** Asks the host for a turn, once. The loop's thread only. */
  private void wakeHost() {
    dormant = false;
    poller.wakeup();
  }

  /** Ends what would wait for ever for a callback that never runs; forgets all else. */
  private static void drop(Runnable callback) {
    Runner.drop(callback);
    BlockingWork.drop(callback);
  }

  /** As {@link #addCallback}, which is safe in Java's signal handlers, too. */
  public void addCallbackFromSignal(Runnable callback) {
    addCallback(callback);
  }

  /** As {@link #addCallback}, so that the loop serves wherever an executor is asked for. */
  @Override
  public void execute(Runnable command) {
    addCallback(command);
  }

  /**
   * Runs {@code body} as a coroutine that nobody awaits, from the next iteration on. Its failure
   * goes to the exception handler.
   *
   * <p>Safe to call from any thread. Tornado: {@code IOLoop.spawn_callback}.
   *
   * @return the coroutine's future; cancelled if the loop is closed before the body begins
   */
  public <T extends @Nullable Object> Future<T> spawnCallback(Callable<T> body) {
    return Runner.spawn(this, Objects.requireNonNull(body, "body == null"));
  }

  /** As {@link #spawnCallback(Callable)}, for a body whose outcome is that of a stage. */
  public <T extends @Nullable Object> Future<T> spawnCallback(AsyncCallable<T> body) {
    return spawnCallback(Bodies.of(body));
  }

  /** As {@link #spawnCallback(Callable)}, for a body without a result. */
  public Future<@Nullable Void> spawnCallback(Action body) {
    return spawnCallback(Bodies.of(body));
  }

  /**
   * Runs {@code callback} with {@code future} once that is done: through an iteration of this loop,
   * never inline, whoever completes it. Not called if the loop is closed before.
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
   * negative delay means the next iteration. Timeouts with equal deadlines run in the order they
   * were added.
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
   * time in the past means the next iteration. One that is more than a hundred years away, to
   * either side, counts as a hundred years away, as {@link Timeout#deadline} tells; of several such
   * the order of the calls holds.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.call_at}.
   *
   * @throws IllegalStateException if called from another thread or after {@link #close()}
   */
  public Timeout callAt(long time, Runnable callback) {
    checkThread("callAt()");
    return addTimeout(deadline(time), callback);
  }

  /** Returns a deadline near enough to be compared with others by difference. */
  private long deadline(long time) {
    long now = time();
    long ahead = time - now;
    boolean isNear = ahead <= MOST_NANOS && ahead >= -MOST_NANOS;
    boolean isOverdue = isNear ? ahead < 0 : time < now;
    if (isOverdue) {
      iterations.overdueAdded(now);
    }
    return isNear ? time : isOverdue ? now - MOST_NANOS : now + MOST_NANOS;
  }

  /** As {@link #callAt}, in a context of the caller's choice. */
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
   * Removes a pending timeout, even one that is due in this iteration; does nothing to one that has
   * fired or was removed.
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
   * Returns the time on this loop's clock, in nanoseconds: monotonic, of arbitrary origin, to be
   * compared by difference. Safe to call from any thread. Tornado: {@code IOLoop.time}, in seconds.
   */
  public long time() {
    return poller.nanoTime();
  }

  // I/O events

  /**
   * Calls {@code handler} whenever {@code channel} is ready for one of {@code events}, a
   * combination of {@link #READ}, {@link #WRITE} and {@link #ERROR}; level-triggered.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.add_handler}.
   *
   * @throws IllegalArgumentException if the channel is closed, blocking, has a handler already or
   *     cannot be watched for these events
   */
  public void addHandler(SelectableChannel channel, IOHandler handler, int events) {
    checkThread("addHandler()");
    IOHandler captured = captured(handler);
    watches.add(channel, captured, captured::handle, events);
  }

  /**
   * As {@link #addHandler(SelectableChannel, IOHandler, int)}, for a file descriptor.
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
   * it.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.update_handler}.
   *
   * @throws IllegalArgumentException if the channel has no handler
   */
  public void updateHandler(SelectableChannel channel, int events) {
    checkThread("updateHandler()");
    watches.update(Objects.requireNonNull(channel, "channel == null"), events);
  }

  /** As {@link #updateHandler(SelectableChannel, int)}, for a file descriptor. */
  public void updateHandler(int fd, int events) {
    checkThread("updateHandler()");
    watches.update(fd, events);
  }

  /**
   * Stops watching a channel, also for an event that this poll has already found. Does nothing if
   * the channel has no handler. The channel stays open.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.remove_handler}.
   */
  public void removeHandler(SelectableChannel channel) {
    checkThread("removeHandler()");
    watches.remove(Objects.requireNonNull(channel, "channel == null"));
  }

  /** As {@link #removeHandler(SelectableChannel)}, for a file descriptor. */
  public void removeHandler(int fd) {
    checkThread("removeHandler()");
    watches.remove(fd);
  }

  // Executors

  /**
   * Runs blocking work on the default executor, and returns a future that is completed on this
   * loop. Cancelling the future interrupts the work.
   *
   * <p>Call from the loop's thread only. Tornado: {@code IOLoop.run_in_executor}.
   */
  public <T extends @Nullable Object> Future<T> runInExecutor(Callable<T> task) {
    checkThread("runInExecutor()");
    return workers.run(null, task);
  }

  /** As {@link #runInExecutor(Callable)}, on an executor of one's own. */
  public <T extends @Nullable Object> Future<T> runInExecutor(Executor executor, Callable<T> task) {
    checkThread("runInExecutor()");
    return workers.run(Objects.requireNonNull(executor, "executor == null"), task);
  }

  /** As {@link #runInExecutor(Callable)}, for work without a result. */
  public Future<@Nullable Void> runInExecutor(Action task) {
    return runInExecutor(Bodies.of(task));
  }

  /** As {@link #runInExecutor(Executor, Callable)}, for work without a result. */
  public Future<@Nullable Void> runInExecutor(Executor executor, Action task) {
    return runInExecutor(executor, Bodies.of(task));
  }

  /**
   * Replaces the executor of {@link #runInExecutor(Callable)}, which is one for all loops: at most
   * 256 daemon threads, made as they are needed, that end when idle for five seconds; where all are
   * busy, work waits, first in first out. Safe to call from any thread. Tornado: {@code
   * IOLoop.set_default_executor}.
   */
  public void setDefaultExecutor(Executor executor) {
    workers.setDefault(Objects.requireNonNull(executor, "executor == null"));
  }

  // Debugging and errors

  /**
   * Returns a text for people: this loop, the next of its timeouts, and each suspended coroutine
   * with its name, for how long and at which line it waits, and, where that is known, for what.
   * Below a coroutine stand those it waits for; where some wait for each other, it says so. Of more
   * than 1,000 coroutines the first ones are described, and fewer, but 100 at least, if that takes
   * longer than 50 ms. Call from the loop's thread only, or when the loop is stopped.
   */
  public String dump() {
    return dump(MAX_DUMPED);
  }

  /**
   * As {@link #dump()}, with the coroutines that were suspended first.
   *
   * @param coroutines how many of them; 0 or more
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
   * Returns what this loop has done so far. Safe to call from any thread, though a foreign thread
   * may see numbers that are a little old.
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
   * Has the loop reported when an iteration has taken longer than this, while it does: a warning of
   * the {@link System.Logger} named {@code dev.ioloop}, with the stack of the culprit and, if it is
   * one, the coroutine; again after twice that time, and so on, and once more when the loop goes
   * on. By default after two seconds, or what the system property {@code dev.ioloop.watchdog} says:
   * {@code 100ms}, {@code 2s} or {@code off}.
   *
   * <p>Safe to call from any thread. Tornado: {@code IOLoop.set_blocking_log_threshold} as of 4.4.
   *
   * @param limit null for no reports; more than a hundred years count as a hundred
   * @throws IllegalArgumentException if {@code limit} is not positive
   */
  public void setBlockingLogThreshold(@Nullable Duration limit) {
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new IllegalArgumentException("the limit is not positive; null is for none: " + limit);
    }
    observer.setLimit(limit);
  }

  /**
   * Returns what has kept this loop for longer than the limit of {@link #setBlockingLogThreshold},
   * oldest first: the last 100. One that goes on is the last. Safe to call from any thread.
   */
  public List<SlowCallback> slowCallbacks() {
    return observer.slowCallbacks();
  }

  /** Returns what the watchdog sees of this loop. */
  LoopObserver observer() {
    return observer;
  }

  /** Returns the time, coarsely; see {@link IterationRunner#clock}. */
  long clock() {
    return iterations.clock();
  }

  /** Returns a number that changes with each iteration and each poll. For the watchdog. */
  long progress() {
    return iterations.progress();
  }

  /** Returns whether this loop lives on a host. */
  boolean isHosted() {
    return hosted != null;
  }

  /** Returns the thread that runs the loop, or the coroutine it waits for. For the watchdog. */
  @Nullable Thread presentThread() {
    Thread present = owner;
    return present == HostedTurns.NOT_YET ? null : present;
  }

  /** Returns whether a thread that is in these frames of a poll waits for events. */
  boolean waits(List<StackTraceElement> poll) {
    return poller.waits(poll);
  }

  /** Returns the fiber that runs now or ran last. For the watchdog, which may be late. */
  @Nullable Fiber presentFiber() {
    ThreadState state = ownerState != null ? ownerState : threadState;
    return state == null ? null : state.fiber();
  }

  /**
   * Replaces what happens to an exception that nobody caught: {@code handler} is given the
   * callback, handler, {@link PeriodicCallback} or coroutine's future that failed, and the
   * exception. The default logs through the {@link System.Logger} named {@code dev.ioloop}. What
   * the handler throws itself is logged. Safe to call from any thread; the handler is called on the
   * loop's thread. Tornado: {@code IOLoop.handle_callback_exception} as of 4.4.
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

  /** Hands what {@code source} threw to the exception handler, or throws it on if it is fatal. */
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
      LOG.log(Level.ERROR, "The exception handler of the loop failed itself", e);
    }
  }

  /** Hands what a callback threw to this thread's loop, or logs it where there is none. */
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

  /** Returns whether no loop should survive this. A stack overflow can be: the stack is gone. */
  static boolean isFatal(Throwable failure) {
    return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
  }

  // Threads

  /** Returns whether the calling thread is the one that runs the loop's callbacks right now. */
  private boolean isOwner() {
    return owner == Thread.currentThread();
  }

  /**
   * Returns whether the calling thread may use the loop: it owns it, or nobody has yet. The first
   * start is running before it has bound the loop to its thread.
   */
  boolean isInLoop() {
    Thread now = owner;
    return now == null ? !life.isRunning() : now == Thread.currentThread();
  }

  /** Hands the loop over between a thread and the thread of a fiber that it resumes. */
  void moveOwner(Thread from, Thread to, ThreadState toState) {
    if (owner == from) {
      owner = to;
      ownerState = toState;
      if (adder == from) {
        adder = to;
      }
    }
  }

  /** Returns the state of the thread that runs iterations, else of the one that sets up. */
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

  /** Returns {@code delay} in nanoseconds; more than a hundred years count as a hundred. */
  static long nanos(Duration delay) {
    Objects.requireNonNull(delay, "delay == null");
    return delay.compareTo(LONGEST_DELAY) < 0
        ? delay.isNegative() ? 0 : delay.toNanos()
        : MOST_NANOS;
  }
}
