package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/**
 * Coroutines that end together: one of a group fails, and the others are cancelled; a time limit is
 * reached, and a whole group is cancelled. The exceptions show the awaits that they went through.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar tasks</pre>
 */
final class Tasks implements Runnable {

  /** Not a coroutine, but called in one, so it may await. */
  private static String load(String part, Duration time) {
    System.out.println("  " + part + ": loading");
    try {
      await(sleep(time));
    } catch (CancellationException e) {
      await(sleep(Duration.ofMillis(1))); // cleaning up may await
      System.out.println("  " + part + ": cancelled and cleaned up");
      throw e;
    }
    System.out.println("  " + part + ": loaded");
    return part;
  }

  /** Fails, because the loaded text is not a number. */
  private static Future<Integer> countOrders() {
    return coroutine(() -> Integer.parseInt(load("orders", Duration.ofMillis(400))));
  }

  /** Runs a group, which ends when all three of its tasks have ended. */
  private static String page() {
    return TaskGroup.run(
        group -> {
          Future<String> user = group.start(() -> load("user", Duration.ofMillis(20)));
          Future<Integer> orders = group.start(() -> await(countOrders()));
          Future<String> advice = group.start(() -> load("advice", Duration.ofHours(1)));
          return await(user) + await(orders) + await(advice);
        });
  }

  @Override
  public void run() {
    try (IOLoop loop = IOLoop.instance()) {
      loop.runSync(
          () -> {
            System.out.println("a page whose orders fail:");
            attempt(coroutine(() -> page()));
            System.out.println("a page that may take 100 ms:");
            attempt(timeout(Duration.ofMillis(100), () -> page()));
          });
    }
  }

  private static void attempt(Future<String> page) {
    try {
      System.out.println(await(page));
    } catch (RuntimeException e) {
      print("  ", e);
    }
  }

  /** Prints an exception with the frames of this class, and then the awaits that rethrew it. */
  private static void print(String indent, Throwable failure) {
    System.out.println(indent + failure);
    for (StackTraceElement frame : failure.getStackTrace()) {
      // Only the continuation engine shows run(), because it is on the loop's own stack.
      if (frame.getClassName().equals("dev.ioloop.demo.Tasks")
          && !frame.getMethodName().equals("run")) {
        System.out.println(indent + "    at " + frame);
      }
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      print(indent + "    ", suppressed);
    }
  }
}
