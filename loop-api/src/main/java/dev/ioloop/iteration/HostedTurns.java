package dev.ioloop.iteration;

import dev.ioloop.spi.Host;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The turns of a loop on a host. Each time the host calls {@link #run}, a few turns run without a
 * poll; callbacks that are queued after that wait for another call, behind the host's own tasks. If
 * no call is running or requested, the loop is dormant, and the next callback requests one.
 *
 * <p>While the loop is closing, the calls go on until its coroutines have ended or their time is
 * over; the last one closes the loop. If no call can follow, {@link #closeHere} waits for the
 * coroutines instead.
 */
public final class HostedTurns implements Runnable {

  /** The loop that these turns run. */
  public interface Hosted {

    /** Returns whether the loop is closed. Any thread. */
    boolean isClosed();

    /** Returns whether there are coroutines that have begun and not ended. */
    boolean hasCoroutines();

    /**
     * Makes the loop the current one of the calling thread, which is the host's, until {@link
     * #leave}.
     */
    void enter();

    /**
     * Restores the previous state of the thread.
     *
     * @param staysRunning whether the loop stays the running one there
     */
    void leave(boolean staysRunning);

    /** Sets whether the next callback or timeout must wake the host. */
    void setDormant(boolean dormant);

    /** Returns whether the calling thread is inside a coroutine or a generator. */
    boolean isInFiber();

    /** Cancels the coroutines of a closing loop. Returns whether that was the first call. */
    boolean beginToUnwind();

    /** Ends the coroutines that are left. */
    void endUnwinding();

    /** Unwinds the coroutines on the calling thread, then closes the loop. */
    void closeHere(boolean allHandles);

    /** Closes the loop, whose coroutines have ended. */
    void closeNow(boolean allHandles);
  }

  /** The owner of a loop that its host has not run yet. */
  public static final Thread NOT_YET = new Thread("host's, which has not begun");

  /** How many turns one call may run. With fewer, a chain of callbacks costs more. */
  private static final int MAX_ITERATIONS = 16;

  private final Hosted loop;
  private final Lifecycle life;
  private final Host host;
  private final IterationRunner iterations;
  private final CallbackQueue callbacks;

  private boolean inside;

  /** Written before {@link #closeRequested}, by the one call that closes the loop. */
  private boolean closeHandles;

  /** Whether turns must unwind the coroutines. */
  private volatile boolean closeRequested;

  /** Set by the one thread that closes the loop outside a turn. */
  private final AtomicBoolean hostEnded = new AtomicBoolean();

  /** When the coroutines must have ended, by the host's clock; zero until they are cancelled. */
  private long closeDeadline;

  private final Runnable onAlarm = this::runOnAlarm;

  /** Whether the host will call at {@link #alarm}. */
  private boolean alarmSet;

  private long alarm;

  public HostedTurns(
      Hosted loop, Lifecycle life, Host host, IterationRunner iterations, CallbackQueue callbacks) {
    this.loop = loop;
    this.life = life;
    this.host = host;
    this.iterations = iterations;
    this.callbacks = callbacks;
  }

  /** Introduces the loop to its host. */
  public void begin() {
    host.host(this);
    host.atTheEnd(this::closeHere);
    if (host.isCurrent()) {
      run();
    } else {
      host.wakeup();
    }
  }

  /** Runs a few turns. Called by the host on its thread. */
  @Override
  public void run() {
    if (loop.isClosed() || inside) {
      return;
    }
    loop.enter();
    loop.setDormant(false);
    callbacks.wakeUp();
    inside = true;
    try {
      beginToUnwind();
      iterations.runTurns(MAX_ITERATIONS);
    } finally {
      boolean last = isLast();
      try {
        if (last) {
          loop.endUnwinding();
        }
      } finally {
        inside = false;
        loop.leave(host.ownsThread());
        end(last);
      }
    }
  }

  private void beginToUnwind() {
    if (closeRequested && loop.beginToUnwind()) {
      closeDeadline = host.nanoTime() + Lifecycle.MAX_CLOSING_NANOS;
    }
  }

  /** Returns whether the loop is closing and its coroutines have ended or run out of time. */
  private boolean isLast() {
    if (!closeRequested) {
      return false;
    }
    beginToUnwind();
    return !loop.hasCoroutines() || host.nanoTime() - closeDeadline >= 0;
  }

  /**
   * Closes the loop after the last turn; otherwise makes sure that the host calls again when
   * needed.
   */
  private void end(boolean last) {
    if (last) {
      loop.closeNow(closeHandles);
      return;
    }
    host.afterTurn();
    if (!callbacks.fallAsleep()) {
      host.wakeup();
      return;
    }
    if (iterations.hasTimeout()) {
      setAlarm(iterations.firstDeadline());
    }
    if (closeRequested) {
      setAlarm(closeDeadline);
    }
    loop.setDormant(true);
  }

  // A later deadline keeps an earlier alarm: most timeouts guard something and are cancelled, and
  // the next one is later.
  private void setAlarm(long deadline) {
    if (!alarmSet || deadline - alarm < 0) {
      alarmSet = true;
      alarm = deadline;
      host.callAt(deadline, onAlarm);
    }
  }

  private void runOnAlarm() {
    alarmSet = false;
    run();
  }

  /** Requests that the loop be closed; only the first call counts. Any thread. */
  public void close(boolean allHandles) {
    if (!life.closeHosted()) {
      return;
    }
    closeHandles = allHandles;
    closeRequested = true;
    if (host.hasEnded()) {
      closeHere();
    } else if (host.isCurrent() && !inside && !loop.isInFiber()) {
      run();
    } else {
      host.wakeup();
    }
  }

  /** Closes the loop on the calling thread, because the host executes no further turn. */
  private void closeHere() {
    if (!hostEnded.compareAndSet(false, true) || loop.isClosed()) {
      return;
    }
    life.closeHosted();
    inside = true;
    loop.closeHere(closeHandles);
  }
}
