package dev.ioloop;

/**
 * Thrown at the {@code await} whose argument is nothing that can be awaited. Tornado: {@code
 * BadYieldError}.
 */
public class BadYieldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a sentence that says what was awaited and what can be. */
  public BadYieldException(String message) {
    super(message);
  }
}
