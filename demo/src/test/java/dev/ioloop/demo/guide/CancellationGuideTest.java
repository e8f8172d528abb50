package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.shield;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.TaskGroup;
import dev.ioloop.locks.Lock;
import dev.ioloop.queues.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** The chapters on cancellation, and on locks and queues. */
final class CancellationGuideTest extends Guide {

  @Test
  void cancelIsARequest() {
    loop.runSync(
        () -> {
          // region cancel
          Future<Void> download =
              coroutine(
                  () -> {
                    try {
                      await(sleep(Duration.ofHours(1)));
                    } finally {
                      await(sleep(Duration.ofMillis(5))); // closing takes a moment, too
                      System.out.println("closed");
                    }
                  });
          System.out.println("asked: " + download.cancel(true));
          System.out.println("done: " + download.done());
          try {
            await(download);
          } catch (CancellationException e) {
            System.out.println("cancelled: " + download.cancelled());
          }
          // endregion
        });
    assertPrinted(
        // region cancel-printed
        """
        asked: true
        done: false
        closed
        cancelled: true
        """
        // endregion
        );
  }

  private static Future<Void> save() {
    return coroutine(
        () -> {
          await(sleep(Duration.ofSeconds(1)));
          System.out.println("saved");
        });
  }

  @Test
  void shieldKeepsTheRequestOut() {
    loop.runSync(
        () -> {
          // region shield
          Future<Void> saving = save();
          Future<Void> request =
              coroutine(
                  () -> {
                    await(shield(saving));
                  });
          request.cancel(true); // ends the request, and not what it waits for
          await(saving);
          // endregion
          assertThat(request.cancelled()).isTrue();
        });
    assertPrinted("saved\n");
  }

  // region pool
  static Future<List<String>> fetchAll(List<String> names, int workers) {
    return coroutine(
        () -> {
          Queue<String> queue = new Queue<>(10);
          List<String> pages = new ArrayList<>();
          TaskGroup.run(
              group -> {
                for (int i = 0; i < workers; i++) {
                  group.start(
                      () -> {
                        while (true) {
                          String name = await(queue.get());
                          pages.add(await(fetch(name)));
                          queue.taskDone();
                        }
                      });
                }
                for (String name : names) {
                  await(queue.put(name)); // waits while the queue is full
                }
                await(queue.join()); // until taskDone() was called for each
                group.cancel(); // the workers wait for more
                return null;
              });
          return pages;
        });
  }

  // endregion

  private static int fetching;
  private static int mostFetching;

  private static Future<String> fetch(String name) {
    return coroutine(
        () -> {
          fetching++;
          mostFetching = Math.max(mostFetching, fetching);
          await(sleep(Duration.ofSeconds(1)));
          fetching--;
          return "page " + name;
        });
  }

  @Test
  void poolFetchesAllAndNotTooManyAtATime() {
    mostFetching = 0;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      names.add("n" + i);
    }
    List<String> pages = loop.runSync(() -> fetchAll(names, 3));
    assertThat(pages).hasSize(30).startsWith("page n0", "page n1", "page n2");
    assertThat(mostFetching).isEqualTo(3);
    assertThat(loop.time()).isEqualTo(Duration.ofSeconds(10).toNanos());
  }

  // region lock
  private final Lock lock = new Lock();

  Future<Void> send(String head, String body) {
    return coroutine(
        () -> {
          try (var held = await(lock.acquire())) {
            await(write(head));
            await(write(body));
          }
        });
  }

  // endregion

  private static Future<Void> write(String text) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofMillis(1)));
          System.out.println(text);
        });
  }

  @Test
  void lockKeepsTogetherWhatBelongsTogether() {
    loop.runSync(
        () -> {
          Future<Void> first = send("head 1", "body 1");
          Future<Void> second = send("head 2", "body 2");
          await(first);
          await(second);
        });
    assertPrinted("head 1\nbody 1\nhead 2\nbody 2\n");
  }

  // What the text says beside the examples

  @Test
  void requestRaisesOnceAndMayBeSwallowed() {
    loop.runSync(
        () -> {
          Future<String> stubborn =
              coroutine(
                  () -> {
                    try {
                      await(sleep(Duration.ofSeconds(1)));
                    } catch (CancellationException e) {
                      await(sleep(Duration.ofSeconds(1)));
                    }
                    return "all the same";
                  });
          assertThat(stubborn.cancel(true)).isTrue();
          assertThat(await(stubborn)).isEqualTo("all the same");
          assertThat(stubborn.cancel(true)).isFalse();
        });
  }

  @Test
  void requestPassesOnToACoroutineThatNobodyElseAwaits() {
    loop.runSync(
        () -> {
          Future<Void> alone = save();
          Future<Void> shared = save();
          Future<Void> plain = new Future<>();
          Future<Void> other = coroutine(() -> await(shared));
          for (Future<Void> awaited : List.of(alone, shared, plain)) {
            Future<Void> waiting = coroutine(() -> await(awaited));
            waiting.cancel(true);
            try {
              await(waiting);
            } catch (CancellationException e) {
              assertThat(waiting.cancelled()).isTrue();
            }
          }
          assertThat(alone.cancelled()).isTrue();
          assertThat(plain.done()).isFalse();
          await(other);
          assertThat(shared.cancelled()).isFalse();
        });
    assertPrinted("saved\n");
  }
}
