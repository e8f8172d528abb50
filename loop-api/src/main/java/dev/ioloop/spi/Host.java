package dev.ioloop.spi;

import java.util.List;

/**
 * A poller that waits by itself: the running event loop of another library. It executes the turns
 * of one IOLoop between its own tasks, on its own thread, which is the IOLoop's thread then.
 *
 * <p>{@link #poll} and {@link #bind} are not called. Whoever creates the IOLoop closes it before
 * the host ends, and early enough for the turns in which its coroutines unwind; or the host calls
 * what {@link #atTheEnd} gives it.
 */
public interface Host extends Poller {

  /** Takes the turn to execute, from now on. Called once. */
  void host(Runnable turn);

  /**
   * Takes what to execute once no turn can follow, on the host's thread or, if that has ended, on
   * any other. It closes the loop, and waits for the coroutines' end, one second at most. Called
   * once, after {@link #host}. By default it is not taken.
   */
  default void atTheEnd(Runnable end) {}

  /** Returns whether the calling thread is the host's. Safe to call from any thread. */
  boolean isCurrent();

  /**
   * Returns whether its thread runs nothing but the host, so that nothing on it may wait for
   * another loop. Not so in tests that call the host from their own thread.
   */
  default boolean ownsThread() {
    return true;
  }

  /**
   * Executes a turn soon, after what the host was asked to execute before. Asked twice, it may
   * execute two. Does nothing once the host has ended. Safe to call from any thread.
   */
  @Override
  void wakeup();

  /**
   * Executes {@code alarm} when {@link #nanoTime} has reached {@code deadline}, or later, in place
   * of what it was told to do so before. Called on the host's thread.
   */
  void callAt(long deadline, Runnable alarm);

  /** Returns whether the host executes nothing any more. Safe to call from any thread. */
  boolean hasEnded();

  /** Called at the end of each turn, on the host's thread. */
  default void afterTurn() {}

  /**
   * Returns whether the host's thread waits for events, with this stack. Where this returns false,
   * as by default, the watchdog asks the host for a turn, to see whether it goes on.
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
