package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.elements;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Context;
import dev.ioloop.ContextVar;
import dev.ioloop.Elements;
import dev.ioloop.Future;
import dev.ioloop.Generator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** The chapters on the context, and on streams of values. */
final class ContextGuideTest extends Guide {

  // region context-var
  static final ContextVar<String> USER = new ContextVar<>("user", "nobody");

  static void log(String text) {
    System.out.println(USER.get() + ": " + text);
  }

  static Future<Void> handle(String user, int seconds) {
    return coroutine(
        () -> {
          USER.set(user);
          await(sleep(Duration.ofSeconds(seconds)));
          log("done");
        });
  }

  // endregion

  @Test
  void eachCoroutineHasItsOwnValue() {
    loop.runSync(
        () -> {
          // region context-var-use
          Future<Void> ada = handle("ada", 2);
          Future<Void> bob = handle("bob", 1);
          log("both have started");
          await(ada);
          await(bob);
          // endregion
        });
    assertPrinted(
        // region context-var-printed
        """
        nobody: both have started
        bob: done
        ada: done
        """
        // endregion
        );
  }

  @Test
  void contextCanBeTakenElsewhere() {
    loop.runSync(
        () -> {
          USER.set("ada");
          // region context-wrap
          Runnable work = Context.current().wrap(() -> log("on a worker"));
          await(loop.runInExecutor(work::run));
          // endregion
          Context.EMPTY.wrap(() -> log("as if nothing had been set")).run();
        });
    assertPrinted("ada: on a worker\nnobody: as if nothing had been set\n");
  }

  @Test
  void elementsOfAPublisherInAForLoop() {
    loop.runSync(
        () -> {
          SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>();
          // region elements
          Future<Integer> total =
              coroutine(
                  () -> {
                    int sum = 0;
                    try (Elements<Integer> numbers = elements(publisher)) {
                      for (int number : numbers) { // each round awaits the next element
                        sum += number;
                      }
                    }
                    return sum;
                  });
          // endregion
          List.of(1, 2, 3).forEach(publisher::submit);
          publisher.close();
          assertThat(await(total)).isEqualTo(6);
        });
  }

  @Test
  void generatorHandsOutValues() {
    // region generator
    Generator<Integer, Void, Void> squares =
        Generator.of(
            g -> {
              for (int i = 1; i <= 3; i++) {
                g.yield(i * i);
              }
              return null;
            });
    while (squares.hasNext()) {
      System.out.println(squares.next());
    }
    // endregion
    assertPrinted("1\n4\n9\n");
  }

  @Test
  void generatorTakesValues() {
    // region generator-send
    try (Generator<Integer, Integer, Void> total =
        Generator.of(
            g -> {
              int sum = 0;
              while (true) {
                sum += g.yield(sum);
              }
            })) {
      total.next(); // runs to the first yield
      System.out.println(total.send(10));
      System.out.println(total.send(20));
    } // close() ends the body at its yield
    // endregion
    assertPrinted("10\n30\n");
  }

  private static Future<List<String>> fetchLines(int page) {
    return coroutine(
        () -> {
          await(sleep(Duration.ofSeconds(1)));
          return List.of("page " + page + ", line 1", "page " + page + ", line 2");
        });
  }

  // region generator-await
  static Generator<String, Void, Void> lines(int pages) {
    return Generator.of(
        g -> {
          for (int page = 1; page <= pages; page++) {
            for (String line : await(fetchLines(page))) {
              g.yield(line);
            }
          }
          return null;
        });
  }

  static Future<Void> printLines() {
    return coroutine(() -> lines(2).forEachRemaining(System.out::println));
  }

  // endregion

  @Test
  void bodyOfAGeneratorMayAwait() {
    loop.runSync(() -> printLines());
    assertPrinted("page 1, line 1\npage 1, line 2\npage 2, line 1\npage 2, line 2\n");
  }
}
