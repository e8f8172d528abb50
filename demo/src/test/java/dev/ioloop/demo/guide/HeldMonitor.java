package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.IOLoop;
import java.time.Duration;

class HeldMonitor {
  // region monitor
  private int balance;

  synchronized void pay(int amount) {
    await(sleep(Duration.ofMillis(1))); // wrong: the monitor stays taken
    balance -= amount;
  }

  // endregion

  public static void main(String[] arguments) {
    HeldMonitor account = new HeldMonitor();
    try (IOLoop loop = IOLoop.create()) {
      loop.runSync(() -> account.pay(1));
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }
}
