package dev.ioloop.queues;

/** Thrown by {@link Queue#getNowait} if the queue is empty. Tornado: {@code QueueEmpty}. */
public class QueueEmptyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the call and the queue. */
  public QueueEmptyException(String message) {
    super(message);
  }
}
