package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.locks.BoundedSemaphore;
import dev.ioloop.locks.Condition;
import dev.ioloop.locks.Event;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Semaphore;
import dev.ioloop.queues.LifoQueue;
import dev.ioloop.queues.PriorityQueue;
import dev.ioloop.queues.Queue;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of locks and queues. */
final class LocksJavadocTest extends Guide {
  private int balance;
  private int most;
  private int present;

  private Future<Void> print(String text) {
    return coroutine(
        () -> {
          most = Math.max(most, ++present);
          await(sleep(Duration.ofMillis(1)));
          present--;
          System.out.println(text);
        });
  }

  // region javadoc Lock
  private final Lock lock = new Lock();

  Future<Void> send(String head, String body) {
    return coroutine(
        () -> {
          try (var held = await(lock.acquire())) {
            await(print(head));
            await(print(body));
          }
        });
  }

  // endregion

  @Test
  void lock() {
    loop.runSync(() -> await(multi(List.of(send("head 1", "body 1"), send("head 2", "body 2")))));
    assertPrinted("head 1\nbody 1\nhead 2\nbody 2\n");
  }

  @Test
  void releaser() {
    loop.runSync(
        () -> {
          // region javadoc Releaser
          try (var held = await(lock.acquire())) {
            await(print("alone"));
          }
          // endregion
          assertThat(await(lock.acquire(Duration.ZERO))).isNotNull();
        });
    assertPrinted("alone\n");
  }

  // region javadoc Semaphore
  private final Semaphore connections = new Semaphore(2);

  Future<Void> fetch(String url) {
    return coroutine(
        () -> {
          try (var held = await(connections.acquire())) {
            await(print("fetched " + url));
          }
        });
  }

  // endregion

  @Test
  void semaphore() {
    loop.runSync(() -> await(multi(List.of(fetch("a"), fetch("b"), fetch("c")))));
    assertThat(most).isEqualTo(2);
    assertPrinted("fetched a\nfetched b\nfetched c\n");
  }

  @Test
  void boundedSemaphore() {
    loop.runSync(
        () -> {
          // region javadoc BoundedSemaphore
          BoundedSemaphore slots = new BoundedSemaphore(2);
          try (var held = await(slots.acquire())) {
            await(print("working"));
          }
          // One more slots.release() would be refused: there never were three.
          // endregion
          assertThatThrownBy(slots::release).isInstanceOf(IllegalStateException.class);
        });
    assertPrinted("working\n");
  }

  @Test
  void event() {
    loop.runSync(
        () -> {
          // region javadoc Event
          Event ready = new Event();
          Future<Void> waiting =
              coroutine(
                  () -> {
                    await(ready.await());
                    System.out.println("ready");
                  });
          ready.set();
          // endregion
          await(waiting);
        });
    assertPrinted("ready\n");
  }

  @Test
  void condition() {
    int price = 8;
    loop.runSync(
        () -> {
          // region javadoc Condition
          Condition changed = new Condition();
          Future<Void> purchase =
              coroutine(
                  () -> {
                    while (balance < price) {
                      await(changed.await());
                    }
                    balance -= price;
                  });
          balance += 10;
          changed.signalAll();
          // endregion
          await(purchase);
        });
    assertThat(balance).isEqualTo(2);
  }

  @Test
  void queue() {
    loop.runSync(
        () -> {
          // region javadoc Queue
          Queue<String> urls = new Queue<>(100);
          Future<Void> worker =
              coroutine(
                  () -> {
                    while (true) {
                      String url = await(urls.get());
                      await(fetch(url));
                      urls.taskDone();
                    }
                  });
          await(urls.put("http://localhost/"));
          await(urls.join());
          worker.cancel(true);
          // endregion
        });
    assertPrinted("fetched http://localhost/\n");
  }

  @Test
  void priorityQueue() {
    // region javadoc PriorityQueue
    record Task(int priority, String name) {}

    Queue<Task> tasks = new PriorityQueue<>(0, Comparator.comparingInt(Task::priority));
    tasks.putNowait(new Task(5, "sweep"));
    tasks.putNowait(new Task(1, "answer"));
    System.out.println(tasks.getNowait().name());
    // endregion
    assertPrinted("answer\n");
  }

  @Test
  void lifoQueue() {
    // region javadoc LifoQueue
    Queue<String> stack = new LifoQueue<>();
    stack.putNowait("first");
    stack.putNowait("second");
    System.out.println(stack.getNowait());
    // endregion
    assertPrinted("second\n");
  }
}
