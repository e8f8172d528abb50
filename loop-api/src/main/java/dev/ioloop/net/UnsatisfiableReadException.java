package dev.ioloop.net;

/**
 * A read did not find what it looks for within its limit. The stream is closed, and this exception
 * is the {@link StreamClosedException#realError}. Tornado: {@code UnsatisfiableReadError}.
 */
public final class UnsatisfiableReadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the limit. */
  public UnsatisfiableReadException(String message) {
    super(message);
  }
}
