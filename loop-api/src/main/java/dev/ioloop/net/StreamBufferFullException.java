package dev.ioloop.net;

/**
 * More bytes would be held than the limit of a stream allows. A write is refused with it and the
 * stream goes on; a read that needs more closes the stream, and this is the {@link
 * StreamClosedException#realError}. Tornado: {@code StreamBufferFullError}.
 */
public final class StreamBufferFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a text that names the limit. */
  public StreamBufferFullException(String message) {
    super(message);
  }
}
