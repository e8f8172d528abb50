package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import dev.ioloop.locks.Event;
import java.time.Duration;

class Goodbye {
  // region run-main
  public static void main(String[] arguments) {
    Event end = new Event(); // that nobody sets
    IOLoop.instance()
        .runMain(
            () -> {
              System.out.println("serving");
              try {
                await(end.await());
              } finally {
                await(sleep(Duration.ofMillis(10)));
                System.out.println("goodbye");
              }
            });
  }
  // endregion
}
