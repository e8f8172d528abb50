package dev.ioloop.net;

import org.jspecify.annotations.Nullable;

/**
 * A stream was closed before a read or a write could be done, or before it was called. Tornado:
 * {@code StreamClosedError}.
 */
public final class StreamClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param realError what closed the stream, or null where it was closed in order, by either side
   */
  public StreamClosedException(@Nullable Throwable realError) {
    super(realError == null ? "the stream is closed" : "the stream is closed: " + realError);
    initCause(realError);
  }

  /** Returns what closed the stream; null where it was closed in order, by either side. */
  public @Nullable Throwable realError() {
    return getCause();
  }
}
