package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.multi;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two coroutines on one loop: each starts at once, pauses at its first {@code await}, and continues
 * when the loop has run the callback that sets the result.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar asyn-sum</pre>
 */
public final class AsynSum implements Runnable {
  private final Consumer<Object> out;

  /** Gives each line to {@code out}. */
  public AsynSum(Consumer<Object> out) {
    this.out = out;
  }

  private final class Demo {
    private final IOLoop loop;
    private @Nullable Future<Integer> future;

    Demo(IOLoop loop) {
      this.loop = loop;
    }

    private void doSomethingLong(Future<Integer> sum, int a, int b) {
      sum.setResult(a + b);
    }

    Future<Integer> asynSum(int a, int b) {
      return coroutine(
          () -> {
            out.accept(" asyn_sum " + a + " " + b);
            if (future == null || future.done()) {
              Future<Integer> sum = new Future<>();
              future = sum;
              loop.addCallback(() -> doSomethingLong(sum, a, b));
            }
            int result = await(future);
            out.accept("after yielded");
            out.accept(a + " " + b + " " + result);
            return result;
          });
    }
  }

  /** Starts two coroutines on {@code loop}, which is the current one. */
  public Future<List<Integer>> start(IOLoop loop) {
    Future<Integer> first = new Demo(loop).asynSum(2, 3);
    out.accept(first);
    Future<Integer> second = new Demo(loop).asynSum(2, 3);
    out.accept(second);
    return multi(List.of(first, second));
  }

  @Override
  public void run() {
    try (IOLoop loop = IOLoop.instance()) {
      Future<List<Integer>> both = start(loop);
      // A loop runs until it is told to stop.
      loop.addFuture(both, done -> loop.stop());

      out.accept("start  " + "*".repeat(20));
      loop.start();
      both.result(); // throws what a coroutine has thrown
    }
  }
}
