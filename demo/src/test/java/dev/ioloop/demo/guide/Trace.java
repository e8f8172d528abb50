package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.time.Duration;

class Trace {
  // region trace
  static Future<Integer> stock(String article) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofMillis(1)));
          throw new IllegalStateException("no such article: " + article);
        });
  }

  static Future<Integer> price(String article) {
    return coroutine(() -> 10 * await(stock(article)));
  }

  static Future<String> offer() {
    return coroutine(() -> "pears at " + await(price("pears")));
  }

  // endregion

  static void print(IOLoop loop) {
    try {
      loop.runSync(() -> System.out.println(await(offer())));
    } catch (IllegalStateException e) {
      e.printStackTrace(System.out);
    }
  }

  public static void main(String[] arguments) {
    try (IOLoop loop = IOLoop.create()) {
      print(loop);
    }
  }
}
