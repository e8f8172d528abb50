package dev.ioloop;

import java.util.List;

/**
 * The JMX view of a loop, under the name {@code dev.ioloop:type=IOLoop,id=N}. It is registered from
 * half a second after the loop's start until the loop stops. The system property {@code
 * dev.ioloop.jmx=off} disables it. All methods may be called from any thread.
 */
public interface IOLoopMXBean {

  /**
   * Returns a one-line description of the loop: its backend, its thread, and how much is pending.
   */
  String getDescription();

  /** Returns the name of the backend. */
  String getBackend();

  /** Returns {@link LoopStats#turns}. */
  long getTurns();

  /** Returns {@link LoopStats#callbacks}. */
  long getCallbacks();

  /** Returns {@link LoopStats#callbacksQueued}. */
  int getCallbacksQueued();

  /** Returns {@link LoopStats#timeoutsPending}. */
  int getTimeoutsPending();

  /** Returns {@link LoopStats#coroutinesSuspended}. */
  int getCoroutinesSuspended();

  /** Returns {@link LoopStats#polls}. */
  long getPolls();

  /** Returns {@link LoopStats#wakeups}. */
  long getWakeups();

  /** Returns {@link LoopStats#lastLagNanos}. */
  long getLastLagNanos();

  /** Returns {@link LoopStats#worstLagNanos}. */
  long getWorstLagNanos();

  /** Returns {@link IOLoop#slowCallbacks}, each as text with its stack. */
  List<String> getSlowCallbacks();

  /**
   * Returns {@link IOLoop#dump}, run on the loop. If the loop does not answer within two seconds,
   * returns the stack of its thread instead.
   */
  String dump();
}
