package dev.ioloop;

/**
 * Thrown when something was not done in time. Unchecked, because Java cannot catch a checked
 * exception around {@code await}. Tornado: {@code TimeoutError}.
 */
public class LoopTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception. The message says what took how long. */
  public LoopTimeoutException(String message) {
    super(message);
  }
}
