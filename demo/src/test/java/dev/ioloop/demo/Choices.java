package dev.ioloop.demo;

import dev.ioloop.Backend;
import dev.ioloop.IOLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The options that a command can run with here: each backend, with each coroutine engine. */
final class Choices {
  private Choices() {}

  static boolean hasContinuations() {
    return Runtime.version().feature() >= 21;
  }

  static Stream<List<String>> all() {
    List<List<String>> all = new ArrayList<>();
    for (Backend backend : IOLoop.backends()) {
      if (backend.available()) {
        for (String engine : engines()) {
          all.add(List.of("--backend", backend.name(), "--generator", engine));
        }
      }
    }
    return all.stream();
  }

  private static List<String> engines() {
    return hasContinuations() ? List.of("continuation", "thread") : List.of("thread");
  }
}
