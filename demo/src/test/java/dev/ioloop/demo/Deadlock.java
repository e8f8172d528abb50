package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.named;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.locks.Lock;

/** A program that hangs, for {@link AttachIT}: two coroutines wait for each other. */
final class Deadlock {
  private Deadlock() {}

  public static void main(String[] arguments) {
    IOLoop.instance()
        .runSync(
            () -> {
              Lock lock = new Lock();
              await(lock.acquire());
              coroutine(named("lock", () -> await(lock.acquire())));
              Future<Future<Void>> second = new Future<>();
              Future<Void> first = coroutine(named("first", () -> await(await(second))));
              second.setResult(coroutine(named("sec\u001bond", () -> await(first))));
              System.out.println("ready");
              await(first);
            });
  }
}
