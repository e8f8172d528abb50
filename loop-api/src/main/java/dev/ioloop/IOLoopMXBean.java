package dev.ioloop;

import java.util.List;

/**
 * What JMX shows of a loop, under the name {@code dev.ioloop:type=IOLoop,id=N}, from half a second
 * after its start until it stops. The system property {@code dev.ioloop.jmx=off} leaves it out. All
 * methods may be called from any thread.
 */
public interface IOLoopMXBean {

  /** Returns the loop in a line: its backend, its thread, and how much is pending. */
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

  /** Returns {@link IOLoop#slowCallbacks}, each as a text with its stack. */
  List<String> getSlowCallbacks();

  /**
   * Returns {@link IOLoop#dump}, made by the loop. If it does not answer within two seconds,
   * returns the stack of its thread instead.
   */
  String dump();
}
