package dev.ioloop.demo.guide;

// region first
import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.time.Duration;

public class FirstCoroutine {
  static Future<Integer> slowSum(int a, int b) {
    return coroutine(
        () -> {
          System.out.println("adding " + a + " and " + b);
          await(sleep(Duration.ofMillis(100)));
          return a + b;
        });
  }

  public static void main(String[] arguments) {
    try (IOLoop loop = IOLoop.create()) {
      int sum =
          loop.runSync(
              () -> {
                Future<Integer> first = slowSum(2, 3);
                Future<Integer> second = slowSum(4, 5);
                System.out.println("both have started");
                return await(first) + await(second);
              });
      System.out.println(sum);
    }
  }
}
// endregion
