package dev.ioloop;

/**
 * Thrown by an {@code await} of something that cannot be awaited. Tornado: {@code BadYieldError}.
 */
public class BadYieldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception. The message says what was awaited and what can be. */
  public BadYieldException(String message) {
    super(message);
  }
}
