package dev.ioloop.spi;

/** One watched channel or descriptor. Call from the poller's thread only. */
public interface Registration {

  /** Replaces the watched events from the next poll on. Zero watches nothing. */
  void update(int events);

  /**
   * Stops watching at once, even if the current poll has already found an event. The same channel
   * may be registered again right away. A second call does nothing.
   */
  void cancel();
}
