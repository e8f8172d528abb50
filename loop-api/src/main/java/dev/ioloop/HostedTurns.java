package dev.ioloop;

import dev.ioloop.spi.Host;

/**
 * The turns of a loop that lives on a host. One turn runs a few iterations; what is queued then is
 * left to another turn, behind the host's own tasks. Without a turn under way or asked for, the
 * loop is dormant: the next callback asks for one.
 */
final class HostedTurns implements Runnable {

  /** The owner of a loop whose host has not run it yet. */
  static final Thread NOT_YET = new Thread("host's, which has not begun");

  /** How many iterations a turn may have. With fewer, a chain of callbacks costs more. */
  private static final int MAX_ITERATIONS = 16;

  private final IOLoop loop;
  private final Host host;
  private final Iterations iterations;
  private final CallbackQueue callbacks;

  private boolean inTurn;
  private volatile boolean closeRequested;
  private volatile boolean closeHandles;

  private final Runnable onAlarm = this::runOnAlarm;

  /** Whether the host will call at {@link #alarm}. */
  private boolean alarmSet;

  private long alarm;

  HostedTurns(IOLoop loop, Host host, Iterations iterations, CallbackQueue callbacks) {
    this.loop = loop;
    this.host = host;
    this.iterations = iterations;
    this.callbacks = callbacks;
  }

  /** Introduces the loop to its host. */
  void begin() {
    host.host(this);
    if (host.isCurrent()) {
      run();
    } else {
      host.wakeup();
    }
  }

  /** Runs a turn. Called by the host on its thread. */
  @Override
  public void run() {
    if (loop.isClosed() || inTurn) {
      return;
    }
    ThreadState state = ThreadState.get();
    IOLoop outerLoop = state.running;
    loop.settle(state);
    state.keepMonitors();
    loop.setDormant(false);
    callbacks.wakeUp();
    Context outside = state.context;
    state.context = null;
    inTurn = true;
    try {
      iterations.runTurn(MAX_ITERATIONS);
    } finally {
      inTurn = false;
      state.context = outside;
      if (!host.ownsThread()) {
        state.running = outerLoop;
      }
      end();
    }
  }

  /** Sees to it that the next turn comes when it is needed. */
  private void end() {
    if (closeRequested) {
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
    loop.setDormant(true);
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

  void close(boolean allHandles) {
    if (loop.isClosed()) {
      return;
    }
    closeHandles |= allHandles;
    closeRequested = true;
    if (host.hasEnded() || host.isCurrent() && !inTurn) {
      loop.closeNow(closeHandles);
    } else {
      host.wakeup();
    }
  }
}
