package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.PeriodicCallback;
import dev.ioloop.TaskGroup;
import dev.ioloop.WaitIterator;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** The chapters on waiting for several, and on time. */
final class SeveralGuideTest extends Guide {

  @Test
  void multiGivesAllResults() {
    loop.runSync(
        () -> {
          // region multi
          List<Integer> sums = await(multi(List.of(slowSum(2, 3), slowSum(4, 5))));
          Map<String, Integer> named = await(multi(Map.of("a", slowSum(2, 3), "b", slowSum(4, 5))));
          // endregion
          assertThat(sums).containsExactly(5, 9);
          assertThat(named).containsExactlyInAnyOrderEntriesOf(Map.of("a", 5, "b", 9));
        });
  }

  // region load
  static String load(String part, int seconds) {
    await(sleep(Duration.ofSeconds(seconds)));
    return part;
  }

  // endregion

  @Test
  void waitIteratorGivesOneByOne() {
    loop.runSync(
        () -> {
          // region wait-iterator
          WaitIterator<String> parts =
              new WaitIterator<>(
                  coroutine(() -> load("slow", 2)), coroutine(() -> load("fast", 1)));
          while (!parts.done()) {
            String part = await(parts.next());
            System.out.println(part + " is number " + parts.currentIndex());
          }
          // endregion
        });
    assertPrinted("fast is number 1\nslow is number 0\n");
  }

  @Test
  void groupGivesTheResultOfItsBody() {
    loop.runSync(
        () -> {
          // region group
          String page =
              TaskGroup.run(
                  group -> {
                    Future<String> user = group.start(() -> load("ada", 1));
                    Future<String> orders = group.start(() -> load("three orders", 2));
                    return await(user) + " has " + await(orders);
                  });
          // endregion
          assertThat(page).isEqualTo("ada has three orders");
        });
  }

  @Test
  void failureOfOneCancelsTheOthers() {
    loop.runSync(
        () -> {
          // region group-failure
          try {
            TaskGroup.run(
                group -> {
                  group.start(
                      () -> {
                        load("orders", 1);
                        throw new IllegalStateException("no orders today");
                      });
                  group.start(
                      () -> {
                        try {
                          load("advice", 3_600);
                        } finally {
                          System.out.println("advice ends early");
                        }
                      });
                  return null;
                });
          } catch (IllegalStateException e) {
            System.out.println("the page failed: " + e.getMessage());
          }
          // endregion
        });
    assertPrinted(
        // region group-failure-printed
        """
        advice ends early
        the page failed: no orders today
        """
        // endregion
        );
    assertThat(loop.stats().coroutinesSuspended()).isZero();
  }

  @Test
  void anySuccessfulGivesTheFirstResult() {
    loop.runSync(
        () -> {
          // region any-successful
          List<Callable<String>> mirrors =
              List.of(() -> load("far mirror", 5), () -> load("near mirror", 1));
          String first = TaskGroup.anySuccessful(mirrors);
          // endregion
          assertThat(first).isEqualTo("near mirror");
        });
  }

  @Test
  void withTimeoutLeavesTheWorkAlone() {
    loop.runSync(
        () -> {
          // region with-timeout
          Future<String> report = coroutine(() -> load("report", 30));
          try {
            await(withTimeout(Duration.ofSeconds(1), report));
          } catch (LoopTimeoutException e) {
            System.out.println("it is late, but on its way");
          }
          System.out.println(await(report));
          // endregion
        });
    assertPrinted("it is late, but on its way\nreport\n");
  }

  @Test
  void timeoutEndsTheWork() {
    loop.runSync(
        () -> {
          // region timeout
          try {
            await(timeout(Duration.ofSeconds(1), () -> load("report", 30)));
          } catch (LoopTimeoutException e) {
            System.out.println("it has ended: " + e.getMessage());
          }
          // endregion
        });
    assertPrinted(
        // region timeout-printed
        """
        it has ended: the body had not ended after PT1S
        """
        // endregion
        );
    assertThat(loop.stats().coroutinesSuspended()).isZero();
  }

  @Test
  void periodicCallbackGoesOnUntilStopped() {
    loop.runSync(
        () -> {
          // region periodic
          PeriodicCallback tick =
              new PeriodicCallback(() -> System.out.println("tick"), Duration.ofSeconds(10));
          tick.start();
          await(sleep(Duration.ofSeconds(25)));
          tick.stop();
          // endregion
        });
    assertPrinted("tick\ntick\n");
  }

  // What the text says beside the examples

  @Test
  void multiWaitsForAllAndThrowsTheFirstFailureInOrder() {
    loop.runSync(
        () -> {
          Future<String> good = coroutine(() -> load("good", 2));
          RuntimeException failure = new RuntimeException("failed on purpose");
          try {
            await(multi(List.of(Future.<String>failed(failure), good)));
          } catch (RuntimeException e) {
            assertThat(e).isSameAs(failure);
          }
          assertThat(good.done()).isTrue();
        });
  }

  @Test
  void checkedFailureOfAGroupCanBeCaught() {
    loop.runSync(
        () -> {
          IOException failure = new IOException("failed on purpose");
          try {
            await(
                coroutine(() -> TaskGroup.run(group -> group.start(() -> fail(failure)))),
                IOException.class);
          } catch (IOException e) {
            assertThat(e).isSameAs(failure);
            System.out.println("caught");
          }
        });
    assertPrinted("caught\n");
  }

  private static void fail(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void cancelledWaiterOfMultiLeavesTheWorkAlone() {
    loop.runSync(
        () -> {
          Future<String> one = coroutine(() -> load("one", 1));
          Future<List<String>> waiting = coroutine(() -> await(multi(List.of(one))));
          waiting.cancel(true);
          try {
            await(waiting);
          } catch (CancellationException e) {
            assertThat(one.done()).isFalse();
          }
          assertThat(await(one)).isEqualTo("one");
        });
  }
}
