package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Generator;
import java.io.IOException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Generators whose body awaits: the coroutine that drives them does the waiting. */
@OnEachGenerator
public abstract class AsyncGeneratorContract extends LoopContract {

  private final IOException failure = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected AsyncGeneratorContract() {}

  /** Yields the numbers from one to {@code last}, one in each turn. */
  private static Generator<Integer, Void, String> numbers(int last) {
    return Generator.of(
        g -> {
          for (int i = 1; i <= last; i++) {
            await(moment);
            g.yield(i);
          }
          await(moment);
          return "result";
        });
  }

  /** Yields once, then awaits {@code awaited}, and records how that ended. */
  private Generator<String, String, String> awaiting(Future<?> awaited) {
    return Generator.of(
        g -> {
          try {
            g.yield("first");
            await(awaited);
            events.add("resumed");
            g.yield("second");
            return "result";
          } catch (CancellationException e) {
            events.add("cancelled");
            throw e;
          } finally {
            events.add("finally");
            await(moment);
            events.add("unwound");
          }
        });
  }

  @Test
  void otherCoroutinesRunWhileTheBodyAwaits() {
    loop.runSync(
        () -> {
          Future<Void> a = coroutine(() -> numbers(2).forEachRemaining(i -> events.add("a" + i)));
          Future<Void> b = coroutine(() -> numbers(2).forEachRemaining(i -> events.add("b" + i)));
          events.add("both wait");
          await(a);
          await(b);
        });
    assertThat(events).containsExactly("both wait", "a1", "b1", "a2", "b2");
  }

  @Test
  void resultAndWhatIsSentGoThroughAwaits() {
    loop.runSync(
        () -> {
          Generator<String, String, String> generator =
              Generator.of(
                  g -> {
                    await(moment);
                    String sent = g.yield("first");
                    await(moment);
                    events.add(sent);
                    return "result";
                  });
          events.add(generator.next());
          assertThatThrownBy(() -> generator.send("sent"))
              .isInstanceOf(NoSuchElementException.class);
          events.add(generator.result());
        });
    assertThat(events).containsExactly("first", "sent", "result");
  }

  @Test
  void failureOfWhatIsAwaitedIsRaisedThereAndMayBeCaught() {
    loop.runSync(
        () -> {
          Future<Void> failing = new Future<>();
          Generator<String, Void, Void> generator =
              Generator.of(
                  g -> {
                    try {
                      await(failing, IOException.class);
                    } catch (IOException e) {
                      g.yield("caught");
                    }
                    await(failing);
                    return null;
                  });
          loop.addCallback(() -> failing.setException(failure));
          events.add(generator.next());
          assertThatThrownBy(generator::next).isSameAs(failure);
          assertThatThrownBy(generator::result).isSameAs(failure);
        });
    assertThat(events).containsExactly("caught");
  }

  @Test
  void failureOfTheBodyComesOutOfAForLoop() {
    loop.runSync(
        () -> {
          Generator<String, Void, Void> generator =
              Generator.of(
                  g -> {
                    g.yield("first");
                    await(moment);
                    throw failure;
                  });
          assertThatThrownBy(
                  () -> {
                    while (generator.hasNext()) {
                      events.add(generator.next());
                    }
                  })
              .isSameAs(failure);
          events.add(generator.hasNext());
        });
    assertThat(events).containsExactly("first", false);
  }

  private Future<Void> driver(Generator<String, String, String> generator) {
    return coroutine(
        () -> {
          try {
            while (true) {
              events.add(generator.next());
            }
          } finally {
            events.add("driver ends");
          }
        });
  }

  private void cancelWhileItAwaits(Future<?> awaited) {
    events.clear();
    loop.runSync(
        () -> {
          Future<Void> driver = driver(awaiting(awaited));
          driver.cancel(true);
          WaiterContract.awaitEnd(driver);
          events.add(driver.cancelled());
        });
    assertThat(events)
        .containsExactly("first", "cancelled", "finally", "unwound", "driver ends", true);
  }

  @Test
  void cancellationOfTheDriverIsRaisedWhereTheBodyAwaits() {
    cancelWhileItAwaits(new Future<>());
    cancelWhileItAwaits(moment);
  }

  @Test
  void cancellationOfTheDriverPassesOnToWhatTheBodyAloneAwaits() {
    int[] released = new int[1];
    Future<Void> owned = Future.owned(() -> released[0]++);
    cancelWhileItAwaits(owned);
    assertThat(owned.cancelled()).isTrue();
    assertThat(released[0]).isEqualTo(1);
    loop.makeCurrent();
    cancelWhileItAwaits(sleep(Duration.ofHours(1)));
    cancelWhileItAwaits(coroutine(() -> await(new Future<>())));
    assertThat(loop.stats().timeoutsPending()).isZero();
    assertThat(loop.stats().coroutinesSuspended()).isZero();
  }

  @Test
  void cancelledFutureIsACancellationForTheBodyAlone() {
    loop.runSync(
        () -> {
          Future<Void> plain = new Future<>();
          Generator<String, Void, Void> generator =
              Generator.of(
                  g -> {
                    try {
                      await(plain);
                    } catch (CancellationException e) {
                      g.yield("swallowed");
                    }
                    return null;
                  });
          loop.addCallback(() -> plain.cancel(true));
          events.add(generator.next());
          await(moment);
          events.add("driver goes on");
        });
    assertThat(events).containsExactly("swallowed", "driver goes on");
  }

  @Test
  void bodyMaySwallowTheCancellationAndYield() {
    loop.runSync(
        () -> {
          Future<String> driver =
              coroutine(
                  () -> {
                    Generator<String, Void, Void> generator =
                        Generator.of(
                            g -> {
                              try {
                                await(new Future<>());
                              } catch (CancellationException e) {
                                g.yield("swallowed");
                              }
                              return null;
                            });
                    return generator.next();
                  });
          driver.cancel(true);
          events.add(await(driver));
        });
    assertThat(events).containsExactly("swallowed");
  }

  @Test
  void resultThatWasHandedOverIsDeliveredToTheBody() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<Void> driver =
              coroutine(
                  () -> {
                    Generator<String, Void, Void> generator =
                        Generator.of(
                            g -> {
                              g.yield(await(data));
                              return null;
                            });
                    events.add(generator.next());
                    await(moment);
                    events.add("not reached");
                  });
          data.setResult("data");
          driver.cancel(true);
          WaiterContract.awaitEnd(driver);
          events.add(driver.cancelled());
        });
    assertThat(events).containsExactly("data", true);
  }

  @Test
  void closeRunsAFinallyThatAwaits() {
    loop.runSync(
        () -> {
          Generator<String, String, String> generator = awaiting(new Future<>());
          events.add(generator.next());
          generator.close();
          events.add("closed");
        });
    assertThat(events).containsExactly("first", "cancelled", "finally", "unwound", "closed");
  }

  @Test
  void generatorMayBeDrivenByOneCoroutineAfterTheOther() {
    loop.runSync(
        () -> {
          Generator<Integer, Void, String> generator = numbers(2);
          events.add(await(coroutine(generator::next)));
          events.add(await(coroutine(generator::next)));
          events.add(await(coroutine(generator::hasNext)));
          events.add(generator.result());
        });
    assertThat(events).containsExactly(1, 2, false, "result");
  }

  @Test
  void generatorThatAwaitsCannotBeDrivenByAnotherCoroutineMeanwhile() {
    loop.runSync(
        () -> {
          Generator<Integer, Void, String> generator = numbers(1);
          Future<Integer> first = coroutine(generator::next);
          assertThatThrownBy(generator::next)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("running");
          assertThatThrownBy(generator::hasNext)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("running");
          assertThatThrownBy(generator::close)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("running");
          events.add(await(first));
        });
    assertThat(events).containsExactly(1);
  }

  @Test
  void awaitOfAnInnerGeneratorReachesTheCoroutineThroughTheOuterOne() {
    loop.runSync(
        () -> {
          Future<Void> driver =
              coroutine(
                  () -> {
                    Generator<String, Void, Void> outer =
                        Generator.of(
                            g -> {
                              numbers(2).forEachRemaining(i -> g.yield("outer " + i));
                              g.yield(awaiting(new Future<>()).next());
                              awaiting(new Future<>()).forEachRemaining(g::yield);
                              return null;
                            });
                    outer.forEachRemaining(events::add);
                  });
          for (int i = 0; i < 5; i++) {
            await(moment);
          }
          driver.cancel(true);
          WaiterContract.awaitEnd(driver);
        });
    assertThat(events)
        .containsExactly("outer 1", "outer 2", "first", "first", "cancelled", "finally", "unwound");
  }

  @Test
  void manyAwaitsInAGeneratorDoNotGrowTheStack() {
    int many = 2_000;
    loop.runSync(
        () -> {
          int[] deepest = new int[1];
          Generator<Integer, Void, Void> generator =
              Generator.of(
                  g -> {
                    for (int i = 0; i < many; i++) {
                      await(moment);
                      if (i % 500 == 0) {
                        deepest[0] = Math.max(deepest[0], new Throwable().getStackTrace().length);
                      }
                      g.yield(i);
                    }
                    return null;
                  });
          int[] count = new int[1];
          generator.forEachRemaining(i -> count[0]++);
          events.add(count[0]);
          events.add(deepest[0] < 100);
        });
    assertThat(events).containsExactly(many, true);
  }
}
