package dev.ioloop.embed;

import java.util.List;

/** The coroutine engines of this JDK. */
final class Engines {

  private Engines() {}

  static List<String> all() {
    return Runtime.version().feature() >= 21
        ? List.of("continuation", "thread")
        : List.of("thread");
  }
}
