package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Every way in which a CompletableFuture can be completed runs the done callbacks in their order
 * and wakes the coroutine that awaits it.
 */
@OnEachGenerator
public abstract class CompletionContract extends LoopContract {

  private static final IOException FAILURE = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected CompletionContract() {}

  /** Checks a way to complete a future. */
  private void completes(String outcome, Consumer<Future<String>> completion) {
    completes(outcome, source -> source, completion);
  }

  /** Checks a stage that is derived from a pending future, when that gets a result. */
  private void derives(String outcome, Function<Future<String>, CompletionStage<?>> derivation) {
    completes(outcome, derivation, source -> source.setResult("result"));
  }

  /** Checks a stage that is derived from a pending future, when that fails. */
  private void derivesFromFailure(
      String outcome, Function<Future<String>, CompletionStage<?>> derivation) {
    completes(outcome, derivation, source -> source.setException(FAILURE));
  }

  private void completes(
      String outcome,
      Function<Future<String>, CompletionStage<?>> derivation,
      Consumer<Future<String>> completion) {
    List<String> calls = Collections.synchronizedList(new ArrayList<>());
    Future<String> source = new Future<>();
    Future<?> target = Future.from(derivation.apply(source));
    String got =
        loop.runSync(
            () -> {
              target.addDoneCallback(done -> calls.add("first"));
              target.addDoneCallback(done -> calls.add("second"));
              Future<String> waiter = coroutine(() -> outcome(target));
              completion.accept(source);
              String waited = await(waiter);
              target.addDoneCallback(done -> calls.add("late"));
              return waited;
            });
    assertThat(got).isEqualTo(outcome);
    assertThat(calls).containsExactly("first", "second", "late");
  }

  private static String outcome(Future<?> future) {
    try {
      return String.valueOf(await(future));
    } catch (Throwable e) {
      return e == FAILURE ? "failure" : e.getClass().getSimpleName();
    }
  }

  @Test
  void completionsByTheLoop() {
    completes("result", future -> future.setResult("result"));
    completes("result", future -> future.complete("result"));
    completes("failure", future -> future.setException(FAILURE));
    completes("failure", future -> future.completeExceptionally(FAILURE));
    completes("CancellationException", future -> future.cancel(true));
    completes("result", future -> future.obtrudeValue("result"));
    completes("failure", future -> future.obtrudeException(FAILURE));
  }

  @Test
  void completionsByOtherThreads() {
    completes("result", future -> future.completeAsync(() -> "result"));
    completes("result", future -> future.completeAsync(() -> "result", Runnable::run));
    completes("result", future -> future.completeAsync(() -> "result", OtherThread::execute));
    completes("TimeoutException", future -> future.orTimeout(1, TimeUnit.MILLISECONDS));
    completes("result", future -> future.completeOnTimeout("result", 1, TimeUnit.MILLISECONDS));
    completes("result", future -> OtherThread.execute(() -> future.setResult("result")));
    completes("failure", future -> OtherThread.execute(() -> future.setException(FAILURE)));
    completes("CancellationException", future -> OtherThread.execute(() -> future.cancel(true)));
    completes("result", future -> OtherThread.execute(() -> future.obtrudeValue("result")));
  }

  @Test
  void completeAsyncWhoseSupplierThrows() {
    completes(
        "IllegalArgumentException",
        future ->
            future.completeAsync(
                () -> {
                  throw new IllegalArgumentException("failed on purpose");
                }));
  }

  @Test
  void dependentsOfOneStage() {
    derives("RESULT", source -> source.thenApply(String::toUpperCase));
    derives("RESULT", source -> source.thenApplyAsync(String::toUpperCase));
    derives("null", source -> source.thenAccept(value -> {}));
    derives("null", source -> source.thenRun(() -> {}));
    derives("result!", source -> source.handle((value, failure) -> value + "!"));
    derives("result", source -> source.whenComplete((value, failure) -> {}));
    derives("result", source -> source.exceptionally(failure -> "unused"));
    derives("result", CompletableFuture::copy);
    derives("result", CompletableFuture::minimalCompletionStage);
    derives("result", source -> source.orTimeout(1, TimeUnit.HOURS));
  }

  @Test
  void dependentsOfTwoStages() {
    CompletableFuture<String> done = CompletableFuture.completedFuture("other");
    CompletableFuture<String> never = new CompletableFuture<>();
    derives("result other", source -> source.thenCombine(done, (a, b) -> a + " " + b));
    derives("other result", source -> done.thenCombine(source, (a, b) -> a + " " + b));
    derives("other", source -> source.thenCompose(value -> done));
    derives("result", source -> done.thenCompose(value -> source));
    derives("result", source -> source.applyToEither(never, value -> value));
    derives("result", source -> never.applyToEither(source, value -> value));
    derives("null", source -> source.runAfterBoth(done, () -> {}));
    derives("null", source -> source.runAfterEither(never, () -> {}));
    derives("null", source -> source.acceptEither(never, value -> {}));
    derives("null", source -> source.thenAcceptBoth(done, (a, b) -> {}));
    derives("null", source -> CompletableFuture.allOf(source, done));
    derives("result", source -> CompletableFuture.anyOf(source, never));
  }

  @Test
  void dependentsOfAFailedStage() {
    derivesFromFailure("failure", source -> source.thenApply(String::toUpperCase));
    derivesFromFailure("failure", source -> source.thenRun(() -> {}).thenRun(() -> {}));
    derivesFromFailure("failure", source -> source.thenCompose(CompletableFuture::completedFuture));
    derivesFromFailure("failure", source -> source.whenComplete((value, failure) -> {}));
    derivesFromFailure("failure", CompletableFuture::copy);
    derivesFromFailure("failure", CompletableFuture::minimalCompletionStage);
    derivesFromFailure("caught", source -> source.exceptionally(failure -> "caught"));
    derivesFromFailure(
        "caught",
        source -> source.exceptionallyCompose(f -> CompletableFuture.completedFuture("caught")));
    derivesFromFailure("true", source -> source.handle((value, failure) -> failure == FAILURE));
    derivesFromFailure("failure", source -> CompletableFuture.allOf(source));
  }

  @Test
  void aDependentCanBeCompletedByHand() {
    completes(
        "by hand",
        source -> {
          CompletableFuture<String> dependent = source.thenApply(String::trim);
          loop.addCallback(() -> dependent.complete("by hand"));
          return dependent;
        },
        source -> {});
    completes(
        "by hand",
        source -> {
          CompletableFuture<String> dependent = source.newIncompleteFuture();
          loop.addCallback(() -> dependent.complete("by hand"));
          return dependent;
        },
        source -> {});
    completes(
        "CancellationException",
        source -> {
          CompletableFuture<String> dependent = source.thenApply(String::trim);
          loop.addCallback(() -> dependent.cancel(true));
          return dependent;
        },
        source -> {});
  }

  // They wait for the source, so that they are pending when the callbacks are registered.
  @Test
  void foreignStages() {
    derives("result", source -> CompletableFuture.supplyAsync(source::join));
    derives("null", source -> CompletableFuture.runAsync(source::join));
    derives("result", source -> new CompletableFuture<String>().completeAsync(source::join));
    derives(
        "IllegalArgumentException",
        source ->
            CompletableFuture.supplyAsync(
                () -> {
                  throw new IllegalArgumentException("failed on purpose: " + source.join());
                }));
    derives("done", source -> CompletableFuture.completedStage("done"));
    derives("failure", source -> CompletableFuture.failedStage(FAILURE));
  }

  /** A user's own kind of future. */
  private static final class UserFuture extends Future<String> {}

  @Test
  void aSubclassByAUser() {
    completes(
        "result",
        source -> {
          UserFuture future = new UserFuture();
          loop.addCallback(() -> future.complete("result"));
          return future;
        },
        source -> {});
  }

  @Test
  void obtrudingADoneFutureReplacesItsOutcome() {
    Future<String> future = new Future<>();
    future.addDoneCallback(done -> events.add("callback"));
    future.setResult("first");
    future.obtrudeValue("second");
    events.add(future.result());
    future.obtrudeException(FAILURE);
    events.add(future.exception());
    future.obtrudeValue("third");
    events.add(future.result());
    assertThat(events).containsExactly("callback", "second", FAILURE, "third");
  }

  private static final int LINKS = 5_000;

  // The JDK completes its stages one inside the other where they depend on ours.
  @Test
  void chainsOfOurFuturesAndStagesOfTheJdkMayBeLong() {
    chain(last -> Gen.shield(last.thenApply(value -> value + 1)));
    chain(last -> Gen.multi(List.of(last)).thenApply(values -> values.get(0) + 1));
    chain(last -> Gen.withTimeout(Duration.ofHours(1), last.thenApply(value -> value + 1)));
    CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
    chain(last -> Future.from(done.thenCompose(one -> last.thenApply(value -> value + one))));
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  /** Checks a chain with links that add one. */
  private void chain(UnaryOperator<CompletionStage<Integer>> link) {
    int length =
        loop.runSync(
            Duration.ofMinutes(1),
            () -> {
              Future<Integer> first = new Future<>();
              CompletionStage<Integer> last = first;
              for (int i = 0; i < LINKS; i++) {
                last = link.apply(last);
              }
              List<String> calls = new ArrayList<>();
              Future<Integer> end = Future.from(last);
              end.addDoneCallback(done -> calls.add("first"));
              end.addDoneCallback(done -> calls.add("second"));
              loop.addCallback(() -> first.setResult(0));
              int value = await(end);
              assertThat(calls).containsExactly("first", "second");
              return value;
            });
    assertThat(length).isEqualTo(LINKS);
  }
}
