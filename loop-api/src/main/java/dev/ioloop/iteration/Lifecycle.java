package dev.ioloop.iteration;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The state of one loop. Every change is one compare-and-set. So if two threads start or close a
 * loop at the same time, one of them does it and the other is told.
 *
 * <pre>
 *   STOPPED ⇄ RUNNING     start() and its end
 *   STOPPED → CLOSING     close(); the closing thread runs the loop
 *   RUNNING → CLOSING     close() of a loop on a host; the host goes on with its turns
 *   CLOSING → CLOSED      for good
 * </pre>
 *
 * <p>A loop on a host runs from the beginning. While a loop is closing, its callbacks, timeouts and
 * suspended coroutines run, but only a coroutine may start another one.
 */
public final class Lifecycle {
  private static final int STOPPED = 0;
  private static final int RUNNING = 1;
  private static final int CLOSING = 2;
  private static final int CLOSED = 3;

  /** How long the coroutines of a closing loop may take to unwind. */
  public static final long MAX_CLOSING_NANOS = 1_000_000_000;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Lifecycle.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state;

  /** Changes from stopped to running. Returns false if the loop is not stopped. */
  public boolean start() {
    return STATE.compareAndSet(this, STOPPED, RUNNING);
  }

  /** Changes from running to stopped. */
  public void stopped() {
    STATE.compareAndSet(this, RUNNING, STOPPED);
  }

  /** Changes from stopped to closing. Returns false if the loop is already closing or closed. */
  public boolean close() {
    while (!STATE.compareAndSet(this, STOPPED, CLOSING)) {
      if (isRunning()) {
        throw new IllegalStateException(
            "close() of a running loop; call stop() and let start() return");
      }
      if (hasCloseBegun()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Changes from running to closing, for a loop on a host. Returns false if the loop is closing or
   * closed.
   */
  public boolean closeHosted() {
    return STATE.compareAndSet(this, RUNNING, CLOSING);
  }

  /** Changes from closing to closed. */
  public void closed() {
    state = CLOSED;
  }

  public boolean isStopped() {
    return state == STOPPED;
  }

  public boolean isRunning() {
    return state == RUNNING;
  }

  public boolean isClosing() {
    return state == CLOSING;
  }

  public boolean isClosed() {
    return state == CLOSED;
  }

  public boolean hasCloseBegun() {
    return state >= CLOSING;
  }
}
