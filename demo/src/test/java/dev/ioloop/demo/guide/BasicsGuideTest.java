package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The chapters on the first coroutine, on await, and on ways to start. */
final class BasicsGuideTest extends Guide {

  @Test
  void firstCoroutine() {
    FirstCoroutine.main(new String[0]);
    assertPrinted(
        // region first-printed
        """
        adding 2 and 3
        adding 4 and 5
        both have started
        14
        """
        // endregion
        );
  }

  // region ordinary-method
  static String greetingOf(int id) {
    String name = await(nameOf(id));
    return "hello " + name;
  }

  // endregion

  private static Future<String> nameOf(int id) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofMillis(id)));
          return "user " + id;
        });
  }

  @Test
  void ordinaryMethodsMayAwait() {
    assertThat(loop.<String>runSync(() -> greetingOf(7))).isEqualTo("hello user 7");
    assertThatThrownBy(() -> greetingOf(7))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("await() outside a coroutine");
  }

  @Test
  void doneFuturesDoNotSuspend() {
    loop.runSync(
        () -> {
          // region moment
          Future<Void> counting =
              coroutine(
                  () -> {
                    await(Future.succeeded("done already")); // goes on at once
                    System.out.println("one");
                    await(moment); // lets the others go first
                    System.out.println("three");
                  });
          System.out.println("two");
          await(counting);
          // endregion
        });
    assertPrinted("one\ntwo\nthree\n");
  }

  @Test
  void otherLibrariesFuturesCanBeAwaited() {
    loop.runSync(
        () -> {
          // region foreign
          int answer = await(CompletableFuture.supplyAsync(() -> 6 * 7));
          String text = await(slowSum(2, 3).thenApply(sum -> "the sum is " + sum));
          // endregion
          assertThat(answer).isEqualTo(42);
          assertThat(text).isEqualTo("the sum is 5");
        });
  }

  // region checked
  static Future<String> firstLine(Future<String> text) {
    return coroutine(
        () -> {
          try {
            return await(text, IOException.class).lines().findFirst().orElse("");
          } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
          }
        });
  }

  // endregion

  @Test
  void awaitThrowsTheVeryExceptionOfTheFuture() {
    IOException failure = new IOException("disk on fire");
    loop.runSync(
        () -> {
          assertThat(await(firstLine(Future.succeeded("a\nb")))).isEqualTo("a");
          assertThat(await(firstLine(Future.failed(failure))))
              .isEqualTo("cannot be read: disk on fire");
          assertThatThrownBy(() -> await(Future.failed(failure))).isSameAs(failure);
        });
  }

  @Test
  void coroutineIsEagerAndSpawnCallbackLazy() {
    loop.runSync(
        () -> {
          // region start
          coroutine(() -> System.out.println("coroutine: at once"));
          loop.spawnCallback(() -> System.out.println("spawnCallback: in the next turn"));
          System.out.println("both were called");
          // endregion
          await(moment);
          await(moment);
        });
    assertPrinted(
        // region start-printed
        """
        coroutine: at once
        both were called
        spawnCallback: in the next turn
        """
        // endregion
        );
  }

  @Test
  void runSyncTakesATimeout() {
    // region run-sync
    int sum = loop.runSync(() -> slowSum(2, 3));
    int other = loop.runSync(Duration.ofSeconds(1), () -> slowSum(4, 5));
    // endregion
    assertThat(sum).isEqualTo(5);
    assertThat(other).isEqualTo(9);
    assertThatThrownBy(() -> loop.runSync(Duration.ofMillis(50), () -> slowSum(4, 5)))
        .isInstanceOf(LoopTimeoutException.class);
  }
}
