package dev.ioloop.queues;

/** Thrown by {@link Queue#getNowait} where there is no item. Tornado: {@code QueueEmpty}. */
public class QueueEmptyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a sentence that says what was asked of which queue. */
  public QueueEmptyException(String message) {
    super(message);
  }
}
