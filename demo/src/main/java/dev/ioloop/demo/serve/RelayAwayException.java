package dev.ioloop.demo.serve;

/** A line has reached only the browsers of this server. */
final class RelayAwayException extends Exception {
  static final String MESSAGE = "Redis is away: only the browsers of this server have got that.";

  private static final long serialVersionUID = 1;

  RelayAwayException(Throwable cause) {
    super(MESSAGE, cause);
  }
}
