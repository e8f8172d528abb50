package dev.ioloop.demo;

import dev.ioloop.Backend;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.util.List;

/**
 * Prints which backends and coroutine engines are available on this machine, which are chosen, and
 * why the others are not available.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar backends</pre>
 */
final class Backends implements Runnable {
  private static final String ROW = "%-14s%-11s%-8s%s";

  @Override
  public void run() {
    String backend = chosenBackend();
    print("BACKEND", "AVAILABLE", "CHOSEN", "WHY NOT");
    for (Backend found : IOLoop.backends()) {
      Throwable cause = found.unavailabilityCause();
      printRow(found.name(), backend, cause == null ? "" : String.valueOf(cause.getMessage()));
    }
    System.out.println();

    String generator = Gen.generator();
    print("GENERATOR", "AVAILABLE", "CHOSEN", "WHY NOT");
    for (String engine : List.of("continuation", "thread")) {
      printRow(engine, generator, whyNot(engine));
    }
  }

  private static String chosenBackend() {
    try (IOLoop loop = IOLoop.create()) {
      return loop.backend();
    }
  }

  private static String whyNot(String generator) {
    try {
      Gen.configure(generator);
      return "";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void printRow(String name, String chosen, String whyNot) {
    print(name, whyNot.isEmpty() ? "yes" : "no", name.equals(chosen) ? "chosen" : "", whyNot);
  }

  private static void print(String... columns) {
    System.out.println(String.format(ROW, (Object[]) columns).stripTrailing());
  }
}
