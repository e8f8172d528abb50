package dev.ioloop.demo.serve;

/** What was said has reached the browsers of this server only. */
final class RelayAwayException extends Exception {
  static final String MESSAGE = "Redis is away: only the browsers of this server have got that.";

  private static final long serialVersionUID = 1;

  RelayAwayException(Throwable cause) {
    super(MESSAGE, cause);
  }
}
