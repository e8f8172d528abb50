package dev.ioloop.net;

/**
 * Thrown when a stream would hold more bytes than its limit allows. A write is refused with this
 * exception, and the stream stays open. A read that needs more bytes closes the stream, and this
 * exception is the {@link StreamClosedException#realError}. Tornado: {@code StreamBufferFullError}.
 */
public final class StreamBufferFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the limit. */
  public StreamBufferFullException(String message) {
    super(message);
  }
}
