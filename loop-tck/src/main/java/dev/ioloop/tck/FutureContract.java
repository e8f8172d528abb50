package dev.ioloop.tck;

import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.testing.ExpectLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Futures by themselves: results, failures, done callbacks, and failures that nobody looks at. */
public abstract class FutureContract extends LoopContract {

  /** Made by subclasses. */
  protected FutureContract() {}

  @Test
  void resultIsThereOnceItIsSet() {
    Future<String> future = new Future<>();
    assertThat(future.done()).isFalse();
    future.setResult("result");
    assertThat(future.done()).isTrue();
    assertThat(future.result()).isEqualTo("result");
    assertThat(future.exception()).isNull();
    assertThat(future.cancelled()).isFalse();
  }

  @Test
  void resultThrowsTheVeryExceptionThatWasSet() {
    Future<String> future = new Future<>();
    IOException failure = new IOException("failed on purpose");
    future.setException(failure);
    assertThat(future.done()).isTrue();
    assertThat(future.exception()).isSameAs(failure);
    assertThatThrownBy(future::result).isSameAs(failure);
  }

  @Test
  void pendingFutureHasNeitherResultNorException() {
    Future<String> future = new Future<>();
    assertThatThrownBy(future::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pending");
    assertThatThrownBy(future::exception)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pending");
  }

  @Test
  void secondOutcomeIsRefused() {
    Future<String> future = new Future<>();
    future.setResult("first");
    IOException failure = new IOException("failed on purpose");
    assertThatThrownBy(() -> future.setResult("second"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("done already");
    assertThatThrownBy(() -> future.setException(failure))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("done already")
        .hasCause(failure);
    assertThat(future.complete("third")).isFalse();
    assertThat(future.result()).isEqualTo("first");
  }

  @Test
  void cancelledFutureThrowsItsCancellation() {
    Future<String> future = new Future<>();
    assertThat(future.cancel(true)).isTrue();
    assertThat(future.done()).isTrue();
    assertThat(future.cancelled()).isTrue();
    assertThat(future.exception()).isInstanceOf(CancellationException.class);
    assertThatThrownBy(future::result).isInstanceOf(CancellationException.class);
  }

  @Test
  void doneCallbacksRunInsideTheCompletionInTheOrderOfRegistration() {
    Future<String> future = new Future<>();
    for (int i = 0; i < 5; i++) {
      String name = "callback " + i + " ";
      future.addDoneCallback(done -> events.add(name + done.result()));
    }
    future.setResult("x");
    events.add("completed");
    assertThat(events)
        .containsExactly(
            "callback 0 x",
            "callback 1 x",
            "callback 2 x",
            "callback 3 x",
            "callback 4 x",
            "completed");
  }

  @Test
  void doneCallbackOfADoneFutureRunsAtOnce() {
    Future<String> future = new Future<>();
    future.addDoneCallback(
        done -> {
          events.add("outer");
          done.addDoneCallback(again -> events.add("inner"));
          events.add("outer ends");
        });
    future.setResult("result");
    future.addDoneCallback(done -> events.add("late"));
    assertThat(events).containsExactly("outer", "inner", "outer ends", "late");
  }

  @Test
  void sameCallbackAddedTwiceRunsTwice() {
    Future<String> future = new Future<>();
    Consumer<Future<String>> callback = done -> events.add("run");
    future.addDoneCallback(callback);
    future.addDoneCallback(callback);
    future.setResult("result");
    assertThat(events).containsExactly("run", "run");
  }

  @Test
  void doneCallbackThatThrowsIsLoggedAndTheOthersRun() {
    Future<String> future = new Future<>();
    RuntimeException failure = new RuntimeException("failed on purpose");
    future.addDoneCallback(done -> events.add("first"));
    future.addDoneCallback(
        done -> {
          throw failure;
        });
    future.addDoneCallback(done -> events.add("third"));
    try (ExpectLog log = expectLog("Exception in")) {
      future.setResult("result");
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(events).containsExactly("first", "third");
  }

  @Test
  void doneCallbackThatThrowsInALoopIsToldToItsExceptionHandler() {
    Future<String> future = new Future<>();
    RuntimeException failure = new RuntimeException("failed on purpose");
    Consumer<Future<String>> callback =
        done -> {
          throw failure;
        };
    future.addDoneCallback(callback);
    loop.setExceptionHandler(
        (source, thrown) -> {
          events.add(source);
          events.add(thrown);
        });
    loop.addCallback(() -> future.setResult("result"));
    runOneTurn();
    assertThat(events).containsExactly(callback, failure);
  }

  // Each round races one completion with the registration of four callbacks.
  @Test
  void callbacksAddedDuringTheCompletionRunExactlyOnce() throws Exception {
    int rounds = 5_000;
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      futures.add(new Future<>());
    }
    List<Integer> calls = Collections.synchronizedList(new ArrayList<>());
    OtherThread<Void> completer =
        OtherThread.run(
            () -> {
              for (int i = 0; i < rounds; i++) {
                futures.get(i).setResult(i);
              }
            });
    for (Future<Integer> future : futures) {
      for (int n = 0; n < 4; n++) {
        future.addDoneCallback(done -> calls.add(done.result()));
      }
    }
    completer.join();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      expected.addAll(List.of(i, i, i, i));
    }
    assertThat(calls.stream().sorted().toList()).isEqualTo(expected);
  }

  @Test
  void fromAFutureIsThatFuture() {
    Future<String> future = new Future<>();
    assertThat(Future.from(future)).isSameAs(future);
    assertThatThrownBy(() -> Future.from(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void cancellingAFutureMadeByFromLeavesItsStageAlone() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    assertThat(Future.from(stage).cancel(true)).isTrue();
    assertThat(stage.isDone()).isFalse();
  }

  @Test
  void whatTheJdkPutAroundAnExceptionIsTakenOff() {
    IOException failure = new IOException("failed on purpose");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(failure);
    Future<String> ours = new Future<>();
    ours.setException(failure);
    assertThat(Future.from(failed).exception()).isSameAs(failure);
    assertThat(Future.from(failed.thenApply(String::trim)).exception()).isSameAs(failure);
    assertThat(Future.from(failed.thenApply(String::trim).copy()).exception()).isSameAs(failure);
    assertThat(Future.from(ours.thenApply(String::trim)).exception()).isSameAs(failure);
    assertThat(Future.from(ours.thenApply(String::trim).thenRun(() -> {})).exception())
        .isSameAs(failure);
    assertThat(Future.from(CompletableFuture.allOf(failed)).exception()).isSameAs(failure);
  }

  @Test
  void aWrapperThatTheUserSetIsKept() {
    CompletionException named = new CompletionException("set by the user", new IOException("in"));
    CompletionException unnamed = new CompletionException(new IOException("in"));
    for (CompletionException failure : List.of(named, unnamed)) {
      Future<String> future = new Future<>();
      future.setException(failure);
      assertThat(future.exception()).isSameAs(failure);
      assertThatThrownBy(future::result).isSameAs(failure);
    }
  }

  // A loop that waits for itself never continues.
  @Test
  void blockingOnAPendingFutureInALoopIsRefused() {
    Future<String> future = new Future<>();
    loop.addCallback(
        () -> {
          assertThatThrownBy(future::join)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          assertThatThrownBy(future::get)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          future.setResult("result");
          assertThatCode(future::get).doesNotThrowAnyException();
          events.add(future.join());
        });
    runOneTurn();
    assertThat(events).containsExactly("result");
  }

  @Test
  void foreignThreadMayBlockOnAFuture() throws Exception {
    Future<String> future = new Future<>();
    OtherThread<String> other = OtherThread.start(future::get);
    loop.addCallback(() -> future.setResult("result"));
    runOneTurn();
    assertThat(other.join()).isEqualTo("result");
  }

  @Test
  void failureThatNobodyLookedAtIsReportedWhenItsFutureIsCollected() throws InterruptedException {
    RuntimeException lost = new RuntimeException("lost");
    RuntimeException lostWithCallback = new RuntimeException("lost with a callback");
    try (ExpectLog log = expectLog("")) {
      fail(lost);
      fail(lostWithCallback).addDoneCallback(done -> {});
      Garbage.collectUntil(() -> log.records().size() == 2);
      assertThat(log.records())
          .extracting(LogRecord::getThrown)
          .containsExactlyInAnyOrder(lost, lostWithCallback);
    }
  }

  private static Future<String> fail(Throwable failure) {
    Future<String> future = new Future<>();
    future.setException(failure);
    return future;
  }

  // When the one lost failure is reported, the collector has seen the others too.
  @Test
  void failureThatWasLookedAtIsNotReported() throws InterruptedException {
    RuntimeException seen = new RuntimeException("seen");
    RuntimeException lost = new RuntimeException("lost");
    try (ExpectLog log = expectLog("")) {
      assertThatThrownBy(() -> fail(seen).result()).isSameAs(seen);
      assertThat(fail(seen).exception()).isSameAs(seen);
      fail(seen).addDoneCallback(Future::exception);
      loop.runSync(
          () -> {
            assertThatThrownBy(() -> Gen.await(fail(seen))).isSameAs(seen);
            Future<String> pending = new Future<>();
            loop.addCallback(() -> pending.setException(seen));
            assertThatThrownBy(() -> Gen.await(pending)).isSameAs(seen);
          });
      Future<String> cancelled = new Future<>();
      cancelled.cancel(true);
      Garbage.collect();
      fail(lost);
      Garbage.collectUntil(() -> !log.records().isEmpty());
      assertThat(log.records()).extracting(LogRecord::getThrown).containsExactly(lost);
    }
  }
}
