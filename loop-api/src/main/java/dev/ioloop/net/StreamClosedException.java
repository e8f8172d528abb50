package dev.ioloop.net;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a stream was closed before a read or a write was called or before it could finish.
 * Tornado: {@code StreamClosedError}.
 */
public final class StreamClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param realError the error that closed the stream, or null after an orderly close by either
   *     side
   */
  public StreamClosedException(@Nullable Throwable realError) {
    super(realError == null ? "the stream is closed" : "the stream is closed: " + realError);
    initCause(realError);
  }

  /** Returns the error that closed the stream; null after an orderly close by either side. */
  public @Nullable Throwable realError() {
    return getCause();
  }
}
