package dev.ioloop.net;

/**
 * What a read looks for did not come within its limit; the stream is closed then, and this is the
 * {@link StreamClosedException#realError}. Tornado: {@code UnsatisfiableReadError}.
 */
public final class UnsatisfiableReadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a text that names the limit. */
  public UnsatisfiableReadException(String message) {
    super(message);
  }
}
