package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.multi;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two coroutines on one loop: each starts at once, stands still at its first {@code await}, and
 * goes on when the loop has run the callback that sets the result.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar asyn-sum</pre>
 */
final class AsynSum implements Runnable {

  private static final class Demo {
    private final IOLoop loop;
    private @Nullable Future<Integer> future;

    Demo(IOLoop loop) {
      this.loop = loop;
    }

    private void doSomethingLong(int a, int b) {
      future.setResult(a + b);
    }

    Future<Integer> asynSum(int a, int b) {
      return coroutine(
          () -> {
            System.out.println(" asyn_sum " + a + " " + b);
            if (future == null || future.done()) {
              future = new Future<>();
              loop.addCallback(() -> doSomethingLong(a, b));
            }
            int result = await(future);
            System.out.println("after yielded");
            System.out.println(a + " " + b + " " + result);
            return result;
          });
    }
  }

  @Override
  public void run() {
    try (IOLoop loop = IOLoop.instance()) {
      Future<Integer> first = new Demo(loop).asynSum(2, 3);
      System.out.println(first);
      Future<Integer> second = new Demo(loop).asynSum(2, 3);
      System.out.println(second);

      // A loop runs until it is told to stop.
      Future<List<Integer>> both = multi(List.of(first, second));
      loop.addFuture(both, done -> loop.stop());

      System.out.println("start  " + "*".repeat(20));
      loop.start();
      both.result(); // throws what a coroutine has thrown
    }
  }
}
