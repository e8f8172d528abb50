package dev.ioloop.queues;

/** Thrown by {@link Queue#putNowait} where there is no room. Tornado: {@code QueueFull}. */
public class QueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a sentence that says what was asked of which queue. */
  public QueueFullException(String message) {
    super(message);
  }
}
