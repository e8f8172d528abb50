package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.shield;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import dev.ioloop.WaitIterator;
import dev.ioloop.testing.ExpectLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A failure that nobody looked at is reported once; one that somebody looked at is not. */
@OnEachGenerator
public abstract class LostFailureContract extends LoopContract {

  private final IOException failure = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected LostFailureContract() {}

  @AfterEach
  void logAgain() {
    Future.setLostFailureHandler(null);
  }

  /** Has the handler record what is lost: a text and the exception. */
  private void recordLost() {
    Future.setLostFailureHandler(
        (text, lost) -> {
          if (lost == failure) {
            events.add(text);
            events.add(lost);
          }
        });
  }

  private Future<Void> fail() {
    return coroutine(
        (Action)
            () -> {
              await(moment);
              throw failure;
            });
  }

  private String nameOfCoroutine() {
    return "coroutine of " + LostFailureContract.class.getName();
  }

  @Test
  void failureOfAForgottenCoroutineIsLoggedOnceWithItsName() throws InterruptedException {
    try (ExpectLog log = expectLog("never retrieved")) {
      loop.runSync(
          () -> {
            fail();
            await(moment);
            await(moment);
          });
      Garbage.collectUntil(() -> !log.records().isEmpty());
      loop.close();
      Garbage.collect();
      log.assertCount(1);
      LogRecord record = log.records().get(0);
      assertThat(record.getMessage()).contains(nameOfCoroutine());
      assertThat(record.getThrown()).isSameAs(failure);
    }
  }

  @Test
  void failureIsReportedWhenTheLoopIsClosedThoughItsFutureIsStillHeld()
      throws InterruptedException {
    List<Future<Void>> held = new ArrayList<>();
    loop.runSync(
        () -> {
          held.add(fail());
          await(moment);
          await(moment);
        });
    try (ExpectLog log = expectLog("never retrieved")) {
      loop.close();
      log.assertCount(1);
      assertThat(log.records().get(0).getMessage()).contains(nameOfCoroutine());
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
      held.clear();
      Garbage.collect();
      log.assertCount(1);
    }
  }

  @Test
  void closeOfALoopReportsNoFailureOfAnother() {
    IOLoop other = newLoop();
    List<Future<Void>> held = new ArrayList<>();
    recordLost();
    other.runSync(
        () -> {
          held.add(fail());
          await(moment);
          await(moment);
        });
    loop.close();
    assertThat(events).isEmpty();
    other.close();
    assertThat(events).containsExactly(nameOfCoroutine(), failure);
    assertThat(held).hasSize(1);
  }

  @Test
  void handlerIsToldInsteadOfTheLog() throws InterruptedException {
    recordLost();
    loop.runSync(
        () -> {
          fail();
          await(moment);
          await(moment);
        });
    Garbage.collectUntil(() -> events.size() == 2);
    loop.close();
    Garbage.collect();
    assertThat(events).containsExactly(nameOfCoroutine(), failure);
  }

  @Test
  void handlerIsToldOfPlainFuturesTooAndOfThoseThatFailOnOtherThreads() throws Exception {
    recordLost();
    onOtherThread(
        () -> {
          new Future<Void>().setException(failure);
          return null;
        });
    Garbage.collectUntil(() -> events.size() == 2);
    assertThat(events).containsExactly("Future", failure);
  }

  @Test
  void handlerThatThrowsIsLogged() {
    RuntimeException ofHandler = new RuntimeException("handler failed on purpose");
    Future.setLostFailureHandler(
        (text, lost) -> {
          throw ofHandler;
        });
    Future<Void> held = new Future<>();
    loop.makeCurrent();
    held.setException(failure);
    try (ExpectLog log = expectLog("handler of lost failures")) {
      loop.close();
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(ofHandler);
    }
    assertThat(held.done()).isTrue();
  }

  /** Runs {@code look} on a coroutine that has failed, and closes the loop. */
  private void lookAndClose(Look look) {
    loop.runSync(
        () -> {
          Future<Void> failed = fail();
          await(moment);
          await(moment);
          look.at(failed);
        });
    loop.close();
    loop = newLoop();
  }

  private interface Look {
    void at(Future<Void> failed) throws Exception;
  }

  @Test
  void everyWayOfLookingSilencesTheReport() throws InterruptedException {
    recordLost();
    lookAndClose(Future::exception);
    lookAndClose(failed -> assertThatThrownBy(failed::result).isSameAs(failure));
    lookAndClose(failed -> assertThatThrownBy(failed::get).hasCause(failure));
    lookAndClose(failed -> assertThatThrownBy(failed::join).hasCause(failure));
    lookAndClose(failed -> assertThatThrownBy(() -> failed.getNow(null)).hasCause(failure));
    lookAndClose(failed -> assertThatThrownBy(() -> await(failed)).isSameAs(failure));
    lookAndClose(failed -> failed.handle((value, thrown) -> events.add("handled")));
    lookAndClose(failed -> failed.addDoneCallback(Future::exception));
    Garbage.collect();
    assertThat(events).containsExactly("handled");
  }

  @Test
  void lookingBeforeTheFailureCountsToo() throws InterruptedException {
    recordLost();
    loop.runSync(
        () -> {
          Future<Void> awaited = fail();
          coroutine(
              () -> {
                assertThatThrownBy(() -> await(awaited)).isSameAs(failure);
                events.add("awaited");
              });
          fail().whenComplete((value, thrown) -> events.add("dependent"));
          fail().addDoneCallback(done -> events.add(done.exception()));
          for (int i = 0; i < 3; i++) {
            await(moment);
          }
        });
    loop.close();
    Garbage.collect();
    assertThat(events).containsExactly("dependent", failure, "awaited");
  }

  @Test
  void doneCallbackThatDoesNotLookIsNone() {
    recordLost();
    lookAndClose(failed -> failed.addDoneCallback(done -> events.add("called")));
    assertThat(events).containsExactly("called", nameOfCoroutine(), failure);
  }

  @Test
  void cancelledCoroutineIsNoFailure() throws InterruptedException {
    recordLost();
    loop.runSync(
        () -> {
          coroutine(() -> await(new Future<>())).cancel(true);
          await(moment);
        });
    try (ExpectLog log = expectLog("")) {
      loop.close();
      Garbage.collect();
      log.assertCount(0);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void failureOfASpawnedCoroutineIsLoggedAtOnceAndNotAgain() throws InterruptedException {
    recordLost();
    try (ExpectLog log = expectLog("")) {
      loop.spawnCallback(
          (Action)
              () -> {
                throw failure;
              });
      loop.addCallback(() -> events.add(log.records().size()));
      runOneTurn();
      loop.close();
      Garbage.collect();
      log.assertCount(1);
      assertThat(log.records().get(0).getMessage()).contains("Exception in callback");
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
    assertThat(events).containsExactly(1);
  }

  @Test
  void failuresOfAGroupAreThrownAndNotReported() throws InterruptedException {
    recordLost();
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              fail(group);
                              fail(group);
                              return await(new Future<>());
                            }))
                .isSameAs(failure));
    loop.close();
    Garbage.collect();
    assertThat(events).isEmpty();
  }

  private void fail(TaskGroup group) {
    group.start(
        (Action)
            () -> {
              await(moment);
              throw failure;
            });
  }

  // Who awaited the shield has gone, so nobody can look any more.
  @Test
  void failureBehindAShieldThatWasCancelledIsReported() throws InterruptedException {
    recordLost();
    loop.runSync(
        () -> {
          Future<Void> shielded = shield(fail());
          shielded.cancel(true);
          await(moment);
          await(moment);
        });
    Garbage.collect();
    loop.close();
    assertThat(events).containsExactly(nameOfCoroutine(), failure);
  }

  // Another thread may be blocked on its future, and would be for ever.
  @Test
  void coroutineThatHasNotBegunIsCancelledByClose() {
    Future<Void> spawned = loop.spawnCallback((Action) () -> events.add("began"));
    loop.close();
    assertThat(spawned.cancelled()).isTrue();
    assertThat(events).isEmpty();
  }

  @Test
  void failureAfterItsAwaiterWasCancelledIsReported() {
    recordLost();
    Future<Void> data = new Future<>();
    loop.runSync(
        () -> {
          Future<Void> waiter = coroutine(() -> await(data));
          waiter.cancel(true);
          WaiterContract.awaitEnd(waiter);
          data.setException(failure);
        });
    loop.close();
    assertThat(events).containsExactly("Future", failure);
  }

  // Who depends on a dependent looks, too, though the JDK completes both.
  @Test
  void failureOfADependentWithADependentIsNotReported() throws InterruptedException {
    recordLost();
    Future<Void> source = new Future<>();
    Future<Void> early = (Future<Void>) source.thenApply(value -> value);
    early.exceptionally(thrown -> null);
    early.addDoneCallback(done -> events.add("called"));
    Future<Void> late = (Future<Void>) source.thenApply(value -> value);
    late.addDoneCallback(done -> events.add("called"));
    late.exceptionally(thrown -> null);
    source.setException(failure);
    loop.close();
    Garbage.collect();
    assertThat(events).containsExactly("called", "called");
  }

  @Test
  void cancellationThatComesThroughADependentIsNoFailure() throws InterruptedException {
    Future<Void> source = new Future<>();
    Future<Void> dependent = (Future<Void>) source.thenApply(value -> value);
    dependent.addDoneCallback(done -> events.add("called"));
    try (ExpectLog log = expectLog("")) {
      source.cancel(true);
      loop.close();
      log.assertCount(0);
    }
    assertThat(events).containsExactly("called");
  }

  // The JDK reads the outcome of a future that is done without asking for it.
  @Test
  void failureThatAStageOfTheJdkPassesOnIsNotReported() throws InterruptedException {
    recordLost();
    CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
    done.thenCompose(value -> Future.failed(failure)).exceptionally(this::handled);
    Future.succeeded(1).thenCompose(value -> Future.failed(failure)).exceptionally(this::handled);
    done.thenCombine(Future.failed(failure), (x, y) -> y).exceptionally(this::handled);
    new CompletableFuture<>()
        .applyToEither(Future.failed(failure), value -> value)
        .exceptionally(this::handled);
    Future.failed(failure).minimalCompletionStage().exceptionally(this::handled);
    assertThat(Future.failed(failure).exceptionNow()).isSameAs(failure);
    loop.runSync(
        () -> {
          Callable<Object> body =
              () -> {
                throw failure;
              };
          done.thenCompose(value -> coroutine(body)).exceptionally(this::handled);
        });
    loop.close();
    Garbage.collect();
    assertThat(events).hasSize(6).containsOnly("handled");
  }

  private <T> @Nullable T handled(Throwable thrown) {
    events.add("handled");
    return null;
  }

  @Test
  void exceptionNowIsRefusedWhereThereIsNone() {
    Future<Object> cancelled = new Future<>();
    cancelled.cancel(true);
    for (Future<Object> future :
        List.of(new Future<Object>(), cancelled, Future.<Object>succeeded(1))) {
      assertThatThrownBy(future::exceptionNow).isInstanceOf(IllegalStateException.class);
    }
    Future<Object> wrapped = Future.failed(new CompletionException(failure));
    assertThat(wrapped.exceptionNow()).isSameAs(failure);
  }

  // Its owner may have handled it by the means of the JDK.
  @Test
  void failureOfAStageOfTheJdkIsNotReportedWhenOurWaitForItHasEnded() throws InterruptedException {
    recordLost();
    CompletableFuture<Void> stage = new CompletableFuture<>();
    loop.runSync(
        () -> {
          Future<Void> waiter = coroutine((Action) () -> await(stage));
          waiter.cancel(true);
          WaiterContract.awaitEnd(waiter);
          shield(stage).cancel(true);
          multi(List.of(stage)).cancel(true);
          Future.from(stage).cancel(true);
          new WaitIterator<>(List.of(stage));
          stage.completeExceptionally(failure);
        });
    loop.close();
    Garbage.collect();
    assertThat(events).isEmpty();
  }

  @Test
  void failureOfAStageOfTheJdkIsReportedWhereWeTookItOver() throws InterruptedException {
    recordLost();
    loop.runSync(
        () -> {
          CompletableFuture<Void> stage = new CompletableFuture<>();
          Future<Void> lost = Future.from(stage);
          loop.addFuture(stage, done -> events.add("called"));
          stage.completeExceptionally(failure);
          assertThat(lost.done()).isTrue();
          await(moment);
          await(moment);
        });
    loop.close();
    Garbage.collect();
    assertThat(events).containsExactly("called", "Future", failure, "Future", failure);
  }
}
