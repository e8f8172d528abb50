package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Generators by themselves, as in Python: next, send, raise, close and the result. */
@OnEachGenerator
public abstract class GeneratorContract extends LoopContract {

  /** Made by subclasses. */
  protected GeneratorContract() {}

  private Generator<Integer, String, String> counter(int end) {
    return Generator.of(
        g -> {
          try {
            events.add("start");
            for (int i = 0; i < end; i++) {
              events.add("sent " + g.yield(i));
            }
            return "result";
          } finally {
            events.add("finally");
          }
        });
  }

  // The first program of the article that the project started from.
  @Test
  void articleProgramPrintsItsTranscript() {
    Generator<Object, Object, Void> f =
        Generator.of(
            g -> {
              events.add("enter");
              while (true) {
                Object b = g.yield(null);
                g.yield(b);
              }
            });
    f.send(null);
    events.add(f.send(1));
    f.next();
    events.add(f.send(2));
    f.next();
    events.add(f.send(3));
    f.next();
    f.close();
    assertThat(events).containsExactly("enter", 1, 2, 3);
  }

  @Test
  void bodyRunsNoFurtherThanTheNextYield() {
    Generator<Integer, String, String> generator = counter(2);
    events.add("made");
    events.add(generator.next());
    events.add("between");
    events.add(generator.next());
    generator.close();
    assertThat(events).containsExactly("made", "start", 0, "between", "sent null", 1, "finally");
  }

  @Test
  void sendGivesTheYieldItsValue() {
    Generator<Integer, String, String> generator = counter(2);
    events.add(generator.next());
    events.add(generator.send("a"));
    assertThatThrownBy(() -> generator.send("b")).isInstanceOf(NoSuchElementException.class);
    assertThat(events).containsExactly("start", 0, "sent a", 1, "sent b", "finally");
    assertThat(generator.result()).isEqualTo("result");
  }

  @Test
  void sendOfAValueBeforeTheStartIsRefused() {
    Generator<Integer, String, String> generator = counter(2);
    assertThatThrownBy(() -> generator.send("early"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("next()");
    assertThat(generator.send(null)).isZero();
    generator.close();
  }

  @Test
  void iterationEndsWithTheBody() {
    List<Integer> values = new ArrayList<>();
    Generator<Integer, String, String> generator = counter(3);
    generator.forEachRemaining(values::add);
    assertThat(values).containsExactly(0, 1, 2);
    assertThat(generator.hasNext()).isFalse();
    assertThat(generator.result()).isEqualTo("result");
  }

  @Test
  void endedGeneratorHasNoNextAndTakesNothing() {
    Generator<Integer, String, String> generator = counter(0);
    assertThat(generator.hasNext()).isFalse();
    assertThatThrownBy(generator::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> generator.send("late")).isInstanceOf(NoSuchElementException.class);
    IOException failure = new IOException("failed on purpose");
    assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
    generator.close();
    assertThat(events).containsExactly("start", "finally");
  }

  @Test
  void hasNextRunsTheBodyAheadOnce() {
    Generator<Integer, String, String> generator = counter(2);
    assertThat(generator.hasNext()).isTrue();
    assertThat(generator.hasNext()).isTrue();
    events.add(generator.next());
    events.add(generator.send("a"));
    generator.close();
    assertThat(events).containsExactly("start", 0, "sent a", 1, "finally");
  }

  @Test
  void sendAndRaiseAfterHasNextAreRefused() {
    Generator<Integer, String, String> generator = counter(2);
    generator.hasNext();
    assertThatThrownBy(() -> generator.send("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("next()");
    assertThatThrownBy(() -> generator.raise(new IOException("unused")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("next()");
    assertThat(generator.next()).isZero();
    generator.close();
  }

  @Test
  void raiseThrowsAtTheYieldAndTheBodyMayGoOn() {
    Generator<String, Void, Void> generator =
        Generator.of(
            g -> {
              try {
                g.yield("first");
              } catch (IllegalArgumentException e) {
                g.yield("caught " + e.getMessage());
              }
              return null;
            });
    events.add(generator.next());
    events.add(generator.raise(new IllegalArgumentException("failure")));
    assertThat(generator.hasNext()).isFalse();
    assertThat(events).containsExactly("first", "caught failure");
  }

  @Test
  void raiseThatTheBodyDoesNotCatchComesBack() {
    Generator<Integer, String, String> generator = counter(2);
    generator.next();
    IOException failure = new IOException("failed on purpose");
    assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
    assertThat(events).containsExactly("start", "finally");
    assertThatThrownBy(generator::result).isSameAs(failure);
  }

  @Test
  void raiseBeforeTheStartThrowsAtOnceAndEndsTheGenerator() {
    Generator<Integer, String, String> generator = counter(2);
    IOException failure = new IOException("failed on purpose");
    assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
    assertThat(generator.hasNext()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void exceptionOfTheBodyComesOutOfTheCallThatRanIt() {
    IOException failure = new IOException("failed on purpose");
    Generator<Integer, Void, Void> generator =
        Generator.of(
            g -> {
              g.yield(1);
              throw failure;
            });
    generator.next();
    assertThatThrownBy(generator::next).isSameAs(failure);
    assertThatThrownBy(generator::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(generator::result).isSameAs(failure);
  }

  @Test
  void earlyCloseRunsFinallyOnce() {
    Generator<Integer, String, String> generator = counter(3);
    generator.next();
    generator.close();
    generator.close();
    assertThat(events).containsExactly("start", "finally");
    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void closeBeforeTheStartRunsNothing() {
    Generator<Integer, String, String> generator = counter(3);
    generator.close();
    assertThat(events).isEmpty();
    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void closeThrowsWhatFinallyThrowsAndRefusesAnotherYield() {
    IOException failure = new IOException("failed on purpose");
    Generator<Integer, Void, Void> failing =
        Generator.of(
            g -> {
              try {
                g.yield(1);
              } catch (CancellationException e) {
                throw failure;
              }
              return null;
            });
    failing.next();
    assertThatThrownBy(failing::close).isSameAs(failure);
    Generator<Integer, Void, Void> stubborn =
        Generator.of(
            g -> {
              try {
                g.yield(1);
              } finally {
                g.yield(2);
              }
              return null;
            });
    stubborn.next();
    assertThatThrownBy(stubborn::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("yield");
    assertThatThrownBy(stubborn::next).isInstanceOf(CancellationException.class);
  }

  @Test
  void resultBeforeTheEndIsRefused() {
    Generator<Integer, String, String> generator = counter(1);
    assertThatThrownBy(generator::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not ended");
    generator.next();
    assertThatThrownBy(generator::result).isInstanceOf(IllegalStateException.class);
    generator.close();
  }

  @Test
  void bodyCannotDriveItselfAndNobodyElseCanYield() {
    Generator<Integer, Void, Void> generator =
        Generator.of(
            g -> {
              assertThatThrownBy(g::next)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("running");
              assertThatThrownBy(g::close).isInstanceOf(IllegalStateException.class);
              g.yield(1);
              return null;
            });
    assertThatThrownBy(() -> generator.yield(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("body");
    assertThat(generator.next()).isEqualTo(1);
    generator.close();
  }

  @Test
  void generatorsMayBeNested() {
    Generator<Integer, Void, Void> outer =
        Generator.of(
            g -> {
              try (Generator<Integer, String, String> inner = counter(3)) {
                while (inner.hasNext()) {
                  g.yield(inner.next() * 10);
                }
              }
              return null;
            });
    outer.forEachRemaining(events::add);
    assertThat(events)
        .containsExactly("start", 0, "sent null", 10, "sent null", 20, "sent null", "finally");
  }

  @Test
  void manyValuesDoNotGrowTheStack() {
    int many = Gen.generator().equals("continuation") ? 100_000 : 2_000;
    Generator<Integer, String, Integer> generator =
        Generator.of(
            g -> {
              for (int i = 0; i < many; i++) {
                g.yield(i);
              }
              return new Throwable().getStackTrace().length;
            });
    int sum = 0;
    while (generator.hasNext()) {
      sum += generator.next() % 2;
    }
    assertThat(sum).isEqualTo(many / 2);
    assertThat(generator.result()).isLessThan(100);
  }

  @Test
  void bodyMayAwaitWhereACoroutineDrivesIt() {
    loop.runSync(
        () -> {
          Generator<Integer, Void, Void> generator =
              Generator.of(
                  g -> {
                    for (int i = 0; i < 3; i++) {
                      await(sleep(Duration.ofNanos(1)));
                      g.yield(i);
                    }
                    return null;
                  });
          generator.forEachRemaining(events::add);
        });
    assertThat(events).containsExactly(0, 1, 2);
  }

  @Test
  void awaitInAGeneratorThatNoCoroutineDrivesIsRefused() {
    Generator<Integer, Void, Void> generator =
        Generator.of(
            g -> {
              await(new Future<>());
              return null;
            });
    assertThatThrownBy(generator::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("coroutine");
  }

  @Test
  void nullBodyIsRefused() {
    assertThatThrownBy(() -> Generator.of(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
  }
}
