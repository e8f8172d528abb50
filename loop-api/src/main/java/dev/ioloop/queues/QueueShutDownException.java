package dev.ioloop.queues;

/**
 * Thrown when an item is put into a queue that was shut down, or requested from one that was shut
 * down and is empty. Python: {@code asyncio.QueueShutDown}.
 */
public class QueueShutDownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the call. */
  public QueueShutDownException(String message) {
    super(message);
  }
}
