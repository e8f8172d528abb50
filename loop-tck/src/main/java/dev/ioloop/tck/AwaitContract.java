package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.BadYieldException;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What an await returns or throws, where it continues, and where it is refused. */
@OnEachGenerator
public abstract class AwaitContract extends LoopContract {

  /** Made by subclasses. */
  protected AwaitContract() {}

  @Test
  void awaitWorksBelowOrdinaryCalls() {
    loop.runSync(
        () -> {
          List.of(1, 2, 3)
              .forEach(
                  i -> {
                    await(sleep(Duration.ofNanos(1)));
                    events.add(i);
                  });
          try {
            await(sleep(Duration.ofNanos(1)));
          } finally {
            await(sleep(Duration.ofNanos(1)));
            events.add("finally");
          }
        });
    assertThat(events).containsExactly(1, 2, 3, "finally");
  }

  @Test
  void coroutineResumesOnItsLoopWhoeverCompletes() {
    Thread me = Thread.currentThread();
    loop.runSync(
        () -> {
          CompletableFuture<String> foreign = CompletableFuture.supplyAsync(() -> "result");
          events.add(await(foreign));
          assertThat(IOLoop.current(false)).isSameAs(loop);
          loop.removeTimeout(loop.callLater(Duration.ofHours(1), record("never")));
          boolean continuation = Gen.generator().equals("continuation");
          assertThat(Thread.currentThread() == me).isEqualTo(continuation);
        });
    assertThat(events).containsExactly("result");
  }

  @Test
  void manyFuturesCompletedByOtherThreadsResumeTheirCoroutines() {
    int rounds = 2_000;
    Executor executor = CompletableFuture.completedFuture(null).defaultExecutor();
    loop.runSync(
        () -> {
          for (int i = 0; i < rounds; i++) {
            Future<Integer> future = new Future<>();
            int value = i;
            executor.execute(() -> future.setResult(value));
            assertThat(await(future)).isEqualTo(value);
          }
          events.add("all");
        });
    assertThat(events).containsExactly("all");
  }

  @Test
  void badYieldIsThrownAtTheAwaitAndMayBeCaught() {
    loop.runSync(
        () -> {
          assertThatThrownBy(() -> await((Object) "text"))
              .isInstanceOf(BadYieldException.class)
              .hasMessageContaining("String");
          assertThatThrownBy(() -> await((Object) null)).isInstanceOf(BadYieldException.class);
          assertThatThrownBy(() -> await((CompletionStage<?>) null))
              .isInstanceOf(BadYieldException.class);
          await(moment);
          events.add("goes on");
        });
    assertThat(events).containsExactly("goes on");
  }

  @Test
  void awaitOutsideACoroutineIsRefused() {
    Future<String> future = new Future<>();
    assertThatThrownBy(() -> await(future))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("runSync");
    loop.addCallback(
        () -> {
          assertThatThrownBy(() -> await(future))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("coroutine");
          events.add("refused in a callback");
        });
    runOneTurn();
    assertThat(events).containsExactly("refused in a callback");
  }

  @Test
  void awaitThrowsTheVeryExceptionOfTheFuture() {
    IOException failure = new IOException("failed on purpose");
    loop.runSync(
        () -> {
          Future<String> future = new Future<>();
          loop.addCallback(() -> future.setException(failure));
          try {
            await(future, IOException.class);
          } catch (IOException e) {
            events.add(e);
          }
          CompletableFuture<String> dependent =
              CompletableFuture.<String>failedFuture(failure).thenApply(String::trim);
          try {
            await(dependent, IOException.class);
          } catch (IOException e) {
            events.add(e);
          }
        });
    assertThat(events).containsExactly(failure, failure);
  }

  @Test
  void exceptionMayBeCaughtAndTheCoroutineGoesOn() {
    loop.runSync(
        () -> {
          for (int i = 0; i < 3; i++) {
            Future<String> future = new Future<>();
            RuntimeException failure = new RuntimeException("failure " + i);
            loop.addCallback(() -> future.setException(failure));
            try {
              await(future);
            } catch (RuntimeException e) {
              events.add(e.getMessage());
            }
          }
        });
    assertThat(events).containsExactly("failure 0", "failure 1", "failure 2");
  }
}
