package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.shield;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.testing.ExpectLog;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Combinators of futures: multi, withTimeout and sleep. */
@OnEachGenerator
public abstract class CombinatorContract extends LoopContract {

  /** Made by subclasses. */
  protected CombinatorContract() {}

  private static void awaitTurns(int turns) {
    for (int i = 0; i < turns; i++) {
      await(moment);
    }
  }

  /** Returns a future that gets {@code value} after this many turns. */
  private Future<String> later(int turns, String value) {
    return coroutine(
        () -> {
          awaitTurns(turns);
          events.add(value + " is done");
          return value;
        });
  }

  /** Returns a future that fails after this many turns. */
  private Future<String> failingLater(int turns, RuntimeException failure) {
    return coroutine(
        () -> {
          awaitTurns(turns);
          events.add(failure.getMessage());
          throw failure;
        });
  }

  @Test
  void multiGivesTheResultsInTheOrderOfItsArguments() {
    List<String> results =
        loop.runSync(() -> multi(List.of(later(3, "a"), later(1, "b"), later(2, "c"))));
    assertThat(results).containsExactly("a", "b", "c");
    assertThat(events).containsExactly("b is done", "c is done", "a is done");
  }

  @Test
  void multiOfAMapKeepsItsKeysAndTheirOrder() {
    Map<String, String> results =
        loop.runSync(
            () -> {
              Map<String, Future<String>> futures = new LinkedHashMap<>();
              futures.put("z", later(2, "a"));
              futures.put("y", later(1, "b"));
              futures.put("x", later(3, "c"));
              return await(multi(futures));
            });
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("z", "a");
    expected.put("y", "b");
    expected.put("x", "c");
    assertThat(results.entrySet()).containsExactlyElementsOf(expected.entrySet());
  }

  @Test
  void multiOfNothingIsDoneAtOnce() {
    Future<List<String>> list = multi(List.<Future<String>>of());
    Future<Map<String, String>> map = multi(Map.<String, Future<String>>of());
    assertThat(list.result()).isEmpty();
    assertThat(map.result()).isEmpty();
  }

  @Test
  void multiTakesOneFutureTwiceAndNullResults() {
    loop.runSync(
        () -> {
          Future<String> twice = later(1, "twice");
          CompletableFuture<String> nothing = CompletableFuture.completedFuture(null);
          events.add(await(multi(List.of(twice, nothing, twice))).toString());
        });
    assertThat(events).containsExactly("twice is done", "[twice, null, twice]");
  }

  @Test
  void multiWaitsForAllAndThenRaisesTheFailureThatIsFirstInOrder() {
    RuntimeException first = new RuntimeException("first in order");
    RuntimeException second = new RuntimeException("second in order");
    try (ExpectLog log = expectLog("multi")) {
      loop.runSync(
          () -> {
            Future<List<String>> all =
                multi(List.of(failingLater(2, first), failingLater(1, second), later(3, "last")));
            assertThatThrownBy(() -> await(all)).isSameAs(first);
          });
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(second);
    }
    assertThat(events).containsExactly("second in order", "first in order", "last is done");
  }

  @Test
  void multiThatIsCancelledLeavesItsChildrenAlone() {
    loop.runSync(
        () -> {
          Future<String> child = later(1, "child");
          Future<List<String>> all = multi(List.of(child));
          all.cancel(true);
          assertThat(all.cancelled()).isTrue();
          events.add(await(child));
        });
    assertThat(events).containsExactly("child is done", "child");
  }

  @Test
  void multiOfNullIsRefused() {
    assertThatThrownBy(() -> multi((List<Future<String>>) null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void withTimeoutGivesTheResultThatIsInTime() {
    loop.runSync(
        () -> {
          events.add(await(withTimeout(Duration.ofHours(1), later(1, "value"))));
          Future<String> done = new Future<>();
          done.setResult("at once");
          events.add(await(withTimeout(Duration.ZERO, done)));
        });
    assertThat(events).containsExactly("value is done", "value", "at once");
  }

  @Test
  void withTimeoutFailsAtTheDeadlineAndCancelsNothing() {
    loop.runSync(
        () -> {
          Future<String> slow = new Future<>();
          assertThatThrownBy(() -> await(withTimeout(Duration.ofMillis(1), slow)))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessageContaining("PT0.001S");
          events.add(slow.done());
          slow.setResult("slow");
          events.add(await(slow));
        });
    assertThat(events).containsExactly(false, "slow");
  }

  @Test
  void failureInTimePassesThroughWithTimeout() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.runSync(
        () -> {
          Future<String> limited = withTimeout(Duration.ofHours(1), failingLater(1, failure));
          assertThatThrownBy(() -> await(limited)).isSameAs(failure);
        });
    assertThat(events).containsExactly("failed on purpose");
  }

  @Test
  void failureAfterTheDeadlineIsLogged() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    try (ExpectLog log = expectLog("timeout")) {
      loop.runSync(
          () -> {
            Future<String> slow = new Future<>();
            Future<String> limited = withTimeout(Duration.ofMillis(1), slow);
            assertThatThrownBy(() -> await(limited)).isInstanceOf(LoopTimeoutException.class);
            slow.setException(failure);
            awaitTurns(2);
          });
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
  }

  // A timer that stays would hold the result for an hour.
  @Test
  void timerOfWithTimeoutIsRemovedWhenTheFutureWins() throws InterruptedException {
    WeakReference<Object> result =
        loop.runSync(
            () -> {
              Future<Object> future = new Future<>();
              loop.addCallback(() -> future.setResult(new Object()));
              return new WeakReference<>(await(withTimeout(Duration.ofHours(1), future)));
            });
    runOneTurn();
    Garbage.collectUntil(() -> result.get() == null);
  }

  @Test
  void sleepTakesItsTimeAndNothingElse() {
    loop.runSync(
        () -> {
          long start = loop.time();
          Future<Void> nap = sleep(Duration.ofMillis(2));
          events.add(nap.done());
          loop.callLater(Duration.ofMillis(1), record("meanwhile"));
          await(nap);
          assertThat(loop.time() - start).isGreaterThanOrEqualTo(2_000_000);
        });
    assertThat(events).containsExactly(false, "meanwhile");
  }

  @Test
  void sleepOfNoTimeTakesATurn() {
    loop.runSync(
        () -> {
          loop.addCallback(record("callback"));
          Future<Void> nap = sleep(Duration.ZERO);
          Future<Void> negative = sleep(Duration.ofSeconds(-1));
          events.add(nap.done() || negative.done());
          await(nap);
          await(negative);
          events.add("awake");
        });
    assertThat(events).containsExactly(false, "callback", "awake");
  }

  @Test
  void sleepThatNobodyAwaitsIsNoMatter() {
    loop.runSync(
        () -> {
          sleep(Duration.ofMillis(1));
          await(moment);
          events.add("goes on");
        });
    runFor(Duration.ofMillis(1));
    assertThat(events).containsExactly("goes on");
  }

  @Test
  void sleepThatIsCancelledDoesNotComplete() {
    loop.runSync(
        () -> {
          Future<Void> nap = sleep(Duration.ofNanos(1));
          nap.addDoneCallback(done -> events.add(done.cancelled()));
          nap.cancel(true);
          await(sleep(Duration.ofMillis(1)));
        });
    assertThat(events).containsExactly(true);
  }

  @Test
  void cancelledAwaiterOfWithTimeoutTakesTheTimerAlongAndLeavesTheInnerFutureAlone() {
    loop.runSync(
        () -> {
          Future<String> inner = new Future<>();
          Future<String> awaiter = coroutine(() -> await(withTimeout(Duration.ofHours(1), inner)));
          await(moment);
          assertThat(loop.stats().timeoutsPending()).isEqualTo(1);
          awaiter.cancel(true);
          assertThatThrownBy(() -> await(awaiter)).isInstanceOf(CancellationException.class);
          assertThat(loop.stats().timeoutsPending()).isZero();
          assertThat(inner.done()).isFalse();
          inner.setResult("late");
          await(moment);
        });
  }

  /** One way to wait for a future that lives on, and to end that wait before. */
  private interface EndedWait {
    Object on(CompletionStage<String> source) throws Exception;
  }

  /** Waits repeatedly, and asserts that {@code source} then holds nothing of the waits. */
  private void assertNothingIsLeft(CompletionStage<String> source, EndedWait wait)
      throws InterruptedException {
    List<WeakReference<Object>> waits = new ArrayList<>();
    loop.runSync(
        () -> {
          for (int i = 0; i < 20; i++) {
            waits.add(new WeakReference<>(wait.on(source)));
          }
          awaitTurns(2);
        });
    // The adapter of the first wait for a foreign stage is kept for the next wait.
    int kept = source instanceof Future ? 0 : 1;
    Garbage.collectUntil(
        () -> waits.stream().filter(waited -> waited.get() != null).count() <= kept);
    assertThat(loop.stats().timeoutsPending()).isZero();
    assertThat(source.toCompletableFuture().isDone()).isFalse();
  }

  private void assertNothingIsLeft(EndedWait wait) throws InterruptedException {
    assertNothingIsLeft(new Future<>(), wait);
    Future<String> ofJdk = (Future<String>) new Future<String>().thenApply(value -> value);
    assertNothingIsLeft(ofJdk, wait);
    assertNothingIsLeft(new CompletableFuture<>(), wait);
  }

  @Test
  void waitThatTimedOutLeavesNothing() throws InterruptedException {
    assertNothingIsLeft(
        source -> {
          Future<String> limited = withTimeout(Duration.ZERO, source);
          assertThatThrownBy(() -> await(limited)).isInstanceOf(LoopTimeoutException.class);
          return limited;
        });
  }

  @Test
  void whatWasCancelledLeavesNothing() throws InterruptedException {
    assertNothingIsLeft(source -> cancelled(withTimeout(Duration.ofHours(1), source)));
    assertNothingIsLeft(source -> cancelled(shield(source)));
    assertNothingIsLeft(source -> cancelled(multi(List.of(source))));
    assertNothingIsLeft(source -> cancelled(coroutine(() -> await(source))));
    CompletableFuture<String> foreign = new CompletableFuture<>();
    assertNothingIsLeft(foreign, source -> cancelled(Future.from(source)));
  }

  private static Object cancelled(Future<?> wait) {
    wait.cancel(true);
    return wait;
  }

  @Test
  void aStageIsAskedOnceHoweverOftenItIsAwaitedInVain() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    Future<String> ofJdk = (Future<String>) new Future<String>().thenApply(value -> value);
    loop.runSync(
        () -> {
          for (int i = 0; i < 10; i++) {
            for (CompletionStage<String> stage : List.of(foreign, ofJdk)) {
              assertThatThrownBy(() -> await(withTimeout(Duration.ZERO, stage)))
                  .isInstanceOf(LoopTimeoutException.class);
              cancelled(coroutine(() -> await(stage)));
              awaitTurns(1);
            }
          }
          assertThat(foreign.getNumberOfDependents()).isEqualTo(1);
          assertThat(ofJdk.getNumberOfDependents()).isEqualTo(1);
          Future<String> last = coroutine(() -> await(foreign) + await(ofJdk));
          foreign.complete("for");
          ofJdk.complete("eign");
          events.add(await(last));
          events.add(await(foreign));
        });
    assertThat(events).containsExactly("foreign", "for");
  }

  // Others that wait for the same stage must not notice that one has ended its own future.
  @Test
  void cancellingOneFutureOfAStageLeavesTheOthersAlone() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    loop.runSync(
        () -> {
          cancelled(coroutine(() -> await(foreign)));
          awaitTurns(1);
          Future<String> first = Future.from(foreign);
          Future<String> second = Future.from(foreign);
          Future<String> third = coroutine(() -> await(foreign));
          first.cancel(true);
          foreign.complete("result");
          events.add(first.cancelled());
          events.add(await(second));
          events.add(await(third));
        });
    assertThat(events).containsExactly(true, "result", "result");
  }

  @Test
  void sleepOrWaitThatAnotherThreadCancelsGivesUpItsTimer() throws Exception {
    loop.runSync(
        () -> {
          List<Future<?>> timed =
              List.of(sleep(Duration.ofHours(1)), withTimeout(Duration.ofHours(1), new Future<>()));
          onOtherThread(
              () -> {
                timed.forEach(future -> future.cancel(true));
                return null;
              });
          awaitTurns(2);
        });
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  // The future is done, although the loop reaches it only after the timer.
  @Test
  void resultOfAnotherThreadThatIsThereAtTheDeadlineIsInTime() throws Exception {
    loop.runSync(
        () -> {
          Future<String> future = new Future<>();
          Future<String> limited = withTimeout(Duration.ZERO, future);
          onOtherThread(() -> future.complete("just in time"));
          events.add(await(limited));
        });
    assertThat(events).containsExactly("just in time");
  }

  @Test
  void whatSomebodyElseEndedLeavesNothing() throws InterruptedException {
    assertNothingIsLeft(source -> ended(withTimeout(Duration.ofHours(1), source)));
    assertNothingIsLeft(source -> failed(withTimeout(Duration.ofHours(1), source)));
    assertNothingIsLeft(source -> ended(shield(source)));
    assertNothingIsLeft(source -> failed(multi(List.of(source))));
    assertNothingIsLeft(source -> ended(multi(List.of(source))));
    loop.runSync(
        () -> {
          ended(sleep(Duration.ofHours(1)));
          failed(sleep(Duration.ofHours(1)));
        });
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  private static Object ended(Future<?> wait) {
    assertThat(wait.complete(null)).isTrue();
    return wait;
  }

  private static Object failed(Future<?> wait) {
    assertThat(wait.completeExceptionally(new CancellationException())).isTrue();
    return wait;
  }
}
