package dev.ioloop.spi;

/** One watched channel or descriptor. Call from the poller's thread only. */
public interface Registration {

  /** Replaces the watched events, from the next poll on. Zero watches nothing. */
  void update(int events);

  /**
   * Ends the watch at once, also for an event that the present poll has already found. The same
   * channel may be registered again right away. A second call does nothing.
   */
  void cancel();
}
