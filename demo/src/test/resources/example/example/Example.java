package example;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.time.Duration;

/** Names no backend: which one it runs on is for the class path or the module path to say. */
public final class Example {
  private Example() {}

  static Future<Integer> slowSum(int a, int b) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofMillis(1)));
          return a + b;
        });
  }

  public static void main(String[] args) {
    try (IOLoop loop = IOLoop.instance()) {
      int sum = loop.runSync(() -> slowSum(2, 3));
      System.out.println(sum + " on " + loop.backend() + ", " + Gen.generator());
    }
  }
}
