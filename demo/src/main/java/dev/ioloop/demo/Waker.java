package dev.ioloop.demo;

import dev.ioloop.IOLoop;
import java.time.Duration;

/**
 * A loop that sleeps because it has nothing to do, and a thread that wakes it by adding callbacks:
 * {@code addCallback} may be called from any thread.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar waker --period 200ms --count 3</pre>
 */
final class Waker implements Runnable {
  private final Duration period;
  private final int count;

  Waker(Duration period, int count) {
    this.period = period;
    this.count = count;
  }

  private static void test(int a, int b) {
    System.out.println("run callback function test, args: " + a + " " + b);
  }

  private void addCallbacks(IOLoop loop) {
    try {
      for (int i = 0; i < count; i++) {
        Thread.sleep(period.toMillis());
        System.out.println("add callback");
        loop.addCallback(() -> test(888, 999));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Not stop() itself, which would not wait for the queued callbacks.
    loop.addCallback(loop::stop);
  }

  @Override
  public void run() {
    try (IOLoop loop = IOLoop.instance()) {
      System.out.println("add a callback function");
      loop.addCallback(() -> test(2, 2));

      System.out.println("start a thread to add callback function");
      Thread thread = new Thread(() -> addCallbacks(loop), "test_add_callback");
      thread.setDaemon(true);
      System.out.println("start ioloop");
      thread.start();
      loop.start();
    }
  }
}
