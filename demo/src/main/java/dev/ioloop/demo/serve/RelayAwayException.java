package dev.ioloop.demo.serve;

/** What was said has reached the browsers of this server only. */
final class RelayAwayException extends Exception {
  private static final long serialVersionUID = 1;

  RelayAwayException(Throwable cause) {
    super("Redis is away: only the browsers of this server have got that.", cause);
  }
}
