package dev.ioloop.fiber;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fiber on its own thread, for JDKs without continuations; a virtual thread if the JDK has them.
 * The fiber's thread and the thread that resumes it hand control to each other, so exactly one of
 * the two runs at any time and sees what the other wrote.
 *
 * <p>{@link #control} says which of the two has control. The thread that gives control away writes
 * it and unparks the other. The thread that waits for control spins for a moment, because most
 * segments are short, and then parks.
 */
public final class ThreadFiber extends Fiber {
  private static final int CALLER = 0;
  private static final int BODY = 1;

  /** How often to spin before parking: some microseconds. On one processor, spinning is useless. */
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 2_000 : 0;

  /** How many fibers may be nested. Each waits on a thread of its own, so no stack limits them. */
  private static final int MAX_DEPTH = 2_000;

  private static final AtomicLong COUNT = new AtomicLong();

  private final Thread thread;
  private boolean started;
  private volatile int control = CALLER;
  private volatile Thread caller;

  /** The carrier that resumed last; read by the fiber's thread when it gets control. */
  @SuppressWarnings("NullAway.Init") // Set before the fiber's thread first gets control.
  private Carrier callerState;

  /** What is passed along with control. */
  private @Nullable Object baggage;

  /** The nesting depth, including this fiber. */
  private int depth;

  private boolean discarded;

  ThreadFiber(Body body) {
    super(body);
    thread =
        VirtualThreads.orDaemon("ioloop-coroutine-" + COUNT.incrementAndGet(), this::runBodies);
    caller = thread;
  }

  private void runBodies() {
    awaitControl(BODY);
    Carrier mine = callerState.ofThisThread();
    mine.enter(this);
    while (!discarded) {
      enter(mine);
      runBody();
      giveControl(mine);
      awaitControl(BODY);
    }
  }

  /** Takes the place of the thread that resumed this fiber. */
  private void enter(Carrier mine) {
    mine.takePlace(callerState, caller, baggage);
  }

  /** Gives the place and control back. */
  private void giveControl(Carrier mine) {
    baggage = mine.givePlace(callerState, caller);
    Thread waiting = caller;
    control = CALLER;
    LockSupport.unpark(waiting);
  }

  /**
   * Checks the depth only. There are no monitors to keep: the body has its own thread, with no
   * frames below.
   */
  @Override
  public void prepareInside(Carrier caller) {
    if (depthInside(caller) > MAX_DEPTH) {
      throw new StackOverflowError(
          MAX_DEPTH
              + " coroutines and generators are nested, each on a thread of its own;"
              + " the coroutine engine \"thread\" allows no more");
    }
  }

  private static int depthInside(Carrier caller) {
    return caller.fiber() instanceof ThreadFiber outer ? outer.depth + 1 : 1;
  }

  @Override
  public void resume(Carrier from) {
    depth = depthInside(from);
    callerState = from;
    caller = Thread.currentThread();
    baggage = from.baggage();
    control = BODY;
    if (started) {
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
    awaitControl(CALLER);
    from.restore(baggage);
  }

  @Override
  public void suspend() {
    Carrier mine = callerState.ofThisThread();
    giveControl(mine);
    awaitControl(BODY);
    enter(mine);
  }

  /**
   * Waits for control. An interrupt does not end the wait; it is restored for the code that runs
   * next.
   */
  private void awaitControl(int mine) {
    for (int i = 0; i < SPINS; i++) {
      if (control == mine) {
        return;
      }
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    while (control != mine) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Thread baseThread() {
    Fiber outer = callerState.fiber();
    return outer == null ? caller : outer.baseThread();
  }

  @Override
  public @Nullable Fiber outer() {
    return callerState.fiber();
  }

  /**
   * Returns the threads that wait until this fiber suspends or ends: the thread that resumed it,
   * and, if that is a fiber's thread, those that wait for that fiber. For the watchdog, which may
   * read it late.
   */
  @Override
  public List<Thread> waitingThreads() {
    List<Thread> waiting = new ArrayList<>();
    Fiber fiber = this;
    while (fiber instanceof ThreadFiber present && waiting.size() < MAX_DEPTH) {
      waiting.add(present.caller);
      fiber = present.callerState.fiber();
    }
    return waiting;
  }

  @Override
  public boolean isReusable() {
    return true;
  }

  @Override
  public void discard() {
    if (started) {
      discarded = true;
      control = BODY;
      LockSupport.unpark(thread);
    }
  }

  @Override
  void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public StackTraceElement[] stackTrace() {
    return thread.getStackTrace();
  }
}
