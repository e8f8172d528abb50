package dev.ioloop.netty.fuzz;

import org.jspecify.annotations.Nullable;

/** Something was other than the model says. */
final class Difference extends AssertionError {
  private static final long serialVersionUID = 1L;

  Difference(String message) {
    super(message);
  }

  Difference(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
