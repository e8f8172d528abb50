package dev.ioloop.queues;

/** Thrown by {@link Queue#putNowait} if the queue has no room. Tornado: {@code QueueFull}. */
public class QueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the call and the queue. */
  public QueueFullException(String message) {
    super(message);
  }
}
