package dev.ioloop.spi;

import java.util.List;

/**
 * A poller that waits by itself: the running event loop of another library. It executes the turns
 * of one IOLoop between its own tasks, on its own thread, which thereby is the IOLoop's thread.
 *
 * <p>{@link #poll} and {@link #bind} are not called. Whoever creates the IOLoop closes it before
 * the host ends, early enough for the turns in which its coroutines unwind. Alternatively the host
 * runs the task that {@link #atTheEnd} passes to it.
 */
public interface Host extends Poller {

  /** Sets the turn that the host executes from now on. Called once. */
  void host(Runnable turn);

  /**
   * Sets a task for the host to execute once no further turn can follow, on the host's thread or,
   * if that has ended, on any other. The task closes the loop and waits at most one second for the
   * coroutines to end. Called once, after {@link #host}. The default ignores the task.
   */
  default void atTheEnd(Runnable end) {}

  /** Returns whether the calling thread is the host's. Safe to call from any thread. */
  boolean isCurrent();

  /**
   * Returns whether the host's thread runs nothing but the host, so that code on it must not wait
   * for another loop. False in tests that call the host from their own thread.
   */
  default boolean ownsThread() {
    return true;
  }

  /**
   * Executes a turn soon, after earlier requests. Two calls may execute two turns. Does nothing
   * once the host has ended. Safe to call from any thread.
   */
  @Override
  void wakeup();

  /**
   * Executes {@code alarm} when {@link #nanoTime} has reached {@code deadline}, or later. It
   * replaces the previous alarm. Called on the host's thread.
   */
  void callAt(long deadline, Runnable alarm);

  /** Returns whether the host has stopped executing anything. Safe to call from any thread. */
  boolean hasEnded();

  /** Called at the end of each turn, on the host's thread. */
  default void afterTurn() {}

  /**
   * Returns whether a host's thread with this stack is waiting for events. If this returns false,
   * as the default does, the watchdog requests a turn to see whether the host makes progress.
   */
  @Override
  default boolean waits(List<StackTraceElement> frames) {
    return false;
  }

  @Override
  default int poll(long timeoutNanos) {
    throw new UnsupportedOperationException("a host waits by itself");
  }
}
