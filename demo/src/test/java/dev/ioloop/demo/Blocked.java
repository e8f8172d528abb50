package dev.ioloop.demo;

import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A program whose loop is blocked for good, for {@link AttachIT}. */
final class Blocked {
  private Blocked() {}

  public static void main(String[] arguments) {
    IOLoop loop = IOLoop.instance();
    loop.callLater(
        Duration.ofSeconds(1),
        () -> {
          System.out.println("ready");
          blockForGood();
        });
    loop.start();
  }

  private static void blockForGood() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
