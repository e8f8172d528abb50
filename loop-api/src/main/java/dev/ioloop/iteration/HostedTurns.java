package dev.ioloop.iteration;

import dev.ioloop.spi.Host;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The turns of a loop that lives on a host. One turn runs a few iterations; what is queued then is
 * left to another turn, behind the host's own tasks. Without a turn under way or asked for, the
 * loop is dormant: the next callback asks for one.
 *
 * <p>While the loop is closing, turns go on until its coroutines have ended or the time for that is
 * over; the last of them closes the loop. Where no turn can follow, {@link #closeHere} waits for
 * the coroutines instead.
 */
public final class HostedTurns implements Runnable {

  /** The owner of a loop whose host has not run it yet. */
  public static final Thread NOT_YET = new Thread("host's, which has not begun");

  /** How many iterations a turn may have. With fewer, a chain of callbacks costs more. */
  private static final int MAX_ITERATIONS = 16;

  private final LoopHooks hooks;
  private final Lifecycle life;
  private final Host host;
  private final IterationRunner iterations;
  private final CallbackQueue callbacks;

  private boolean inTurn;

  /** Written before {@link #closeRequested}, by the one call that closes the loop. */
  private boolean closeHandles;

  /** Whether turns shall unwind the coroutines. */
  private volatile boolean closeRequested;

  /** Set by the one thread that closes the loop without another turn. */
  private final AtomicBoolean hostEnded = new AtomicBoolean();

  /** When the coroutines must have ended, by the host's clock; zero until they are cancelled. */
  private long closeDeadline;

  private final Runnable onAlarm = this::runOnAlarm;

  /** Whether the host will call at {@link #alarm}. */
  private boolean alarmSet;

  private long alarm;

  public HostedTurns(
      LoopHooks hooks,
      Lifecycle life,
      Host host,
      IterationRunner iterations,
      CallbackQueue callbacks) {
    this.hooks = hooks;
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

  /** Runs a turn. Called by the host on its thread. */
  @Override
  public void run() {
    if (hooks.isClosed() || inTurn) {
      return;
    }
    hooks.enterTurn();
    hooks.setDormant(false);
    callbacks.wakeUp();
    inTurn = true;
    try {
      beginToUnwind();
      iterations.runTurn(MAX_ITERATIONS);
    } finally {
      boolean last = isLast();
      try {
        if (last) {
          hooks.endUnwinding();
        }
      } finally {
        inTurn = false;
        hooks.leaveTurn(host.ownsThread());
        end(last);
      }
    }
  }

  private void beginToUnwind() {
    if (closeRequested && hooks.beginToUnwind()) {
      closeDeadline = host.nanoTime() + Lifecycle.MOST_CLOSING_NANOS;
    }
  }

  /** Returns whether the loop is closing and its coroutines have ended, or had their time. */
  private boolean isLast() {
    if (!closeRequested) {
      return false;
    }
    beginToUnwind();
    return !hooks.hasCoroutines() || host.nanoTime() - closeDeadline >= 0;
  }

  /** Closes the loop after the last turn; else sees to it that the next one comes when needed. */
  private void end(boolean last) {
    if (last) {
      hooks.closeNow(closeHandles);
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
    hooks.setDormant(true);
  }

  // A later deadline leaves an earlier alarm alone: a timeout that guards something is removed as a
  // rule, and the next one is later.
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

  /** Asks for the end of the loop; the first call counts. Any thread. */
  public void close(boolean allHandles) {
    if (!life.closeHosted()) {
      return;
    }
    closeHandles = allHandles;
    closeRequested = true;
    if (host.hasEnded()) {
      closeHere();
    } else if (host.isCurrent() && !inTurn && !hooks.isInFiber()) {
      run();
    } else {
      host.wakeup();
    }
  }

  /** Closes the loop on the calling thread, where the host executes no further turn. */
  private void closeHere() {
    if (!hostEnded.compareAndSet(false, true) || hooks.isClosed()) {
      return;
    }
    life.closeHosted();
    inTurn = true;
    hooks.closeHere(closeHandles);
  }
}
