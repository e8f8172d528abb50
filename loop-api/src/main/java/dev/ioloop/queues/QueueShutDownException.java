package dev.ioloop.queues;

/**
 * Thrown where an item is put into a queue that was shut down, or wanted from one that is empty
 * besides. Python: {@code asyncio.QueueShutDown}.
 */
public class QueueShutDownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a sentence that says what was asked of which queue. */
  public QueueShutDownException(String message) {
    super(message);
  }
}
