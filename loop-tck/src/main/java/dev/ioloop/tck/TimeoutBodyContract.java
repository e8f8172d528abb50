package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Bodies with a time limit: what ends them, who waits, and the outcome. */
@OnEachGenerator
public abstract class TimeoutBodyContract extends LoopContract {

  private static final Duration LONG = Duration.ofHours(1);

  private final IOException failure = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected TimeoutBodyContract() {}

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  /** A body that ends only when it is cancelled, and then takes {@code unwinding} for that. */
  private Callable<String> stuck(Duration unwinding) {
    return () -> {
      try {
        await(sleep(LONG));
        return "never";
      } catch (CancellationException e) {
        events.add("cancelled");
        throw e;
      } finally {
        await(sleep(unwinding));
        events.add("unwound");
      }
    };
  }

  private void awaitTimeout(Future<?> limited, String text) {
    assertThatThrownBy(() -> await(limited))
        .isInstanceOf(LoopTimeoutException.class)
        .hasMessageContaining(text);
    events.add("timed out");
  }

  @Test
  void firstSegmentRunsInTheCallerAndItsResultIsThereAtOnce() {
    loop.runSync(
        () -> {
          Future<String> limited = timeout(LONG, () -> "result");
          events.add(limited.done());
          events.add(limited.result());
          events.add(timeout(Duration.ZERO, () -> "in no time").result());
        });
    assertThat(events).containsExactly(true, "result", "in no time");
  }

  @Test
  void resultInTimeIsDeliveredAndTheTimerGoes() {
    loop.runSync(
        () -> {
          events.add(
              await(
                  timeout(
                      LONG,
                      () -> {
                        await(sleep(millis(1)));
                        return "result";
                      })));
          await(timeout(LONG, () -> await(moment)));
          events.add(loop.stats().timeoutsPending());
        });
    assertThat(events).containsExactly("result", 0);
  }

  @Test
  void failureInTimeIsThrownAsItIs() {
    loop.runSync(
        () -> {
          Future<Void> limited =
              timeout(
                  LONG,
                  (Action)
                      () -> {
                        await(moment);
                        throw failure;
                      });
          assertThatThrownBy(() -> await(limited)).isSameAs(failure);
          events.add(loop.stats().timeoutsPending());
        });
    assertThat(events).containsExactly(0);
  }

  @Test
  void bodyIsCancelledAtTheDeadlineAndWaitedFor() {
    loop.runSync(
        () -> {
          Future<String> limited = timeout(millis(2), stuck(millis(2)));
          limited.addDoneCallback(done -> events.add("done"));
          awaitTimeout(limited, "PT0.002S");
          events.add(loop.stats().timeoutsPending());
        });
    assertThat(events).containsExactly("cancelled", "unwound", "done", "timed out", 0);
  }

  @Test
  void bodyThatWaitsIsCancelledInTheNextTurnWhereThereIsNoTime() {
    loop.runSync(
        () -> {
          awaitTimeout(timeout(Duration.ZERO, stuck(Duration.ZERO)), "PT0S");
          awaitTimeout(timeout(millis(-1), stuck(Duration.ZERO)), "PT-0.001S");
        });
    assertThat(events)
        .containsExactly("cancelled", "unwound", "timed out", "cancelled", "unwound", "timed out");
  }

  @Test
  void errorThatTheBodyMakesOfTheCancellationIsKept() {
    loop.runSync(
        () -> {
          Future<String> limited =
              timeout(
                  millis(1),
                  () -> {
                    try {
                      return await(new Future<String>());
                    } catch (CancellationException e) {
                      throw failure;
                    }
                  });
          assertThatThrownBy(() -> await(limited)).isSameAs(failure);
        });
  }

  /** Completes {@code data} in the very turn in which the timer of the limit fires, before it. */
  private Future<String> raceOf(Future<String> data, Callable<String> body) {
    loop.callLater(millis(1), () -> data.setResult("data"));
    Future<String> limited = timeout(millis(1), body);
    long deadline = loop.time() + millis(1).toNanos();
    loop.callAt(deadline, () -> events.add("deadline"));
    while (loop.time() < deadline) {
      passTime();
    }
    return limited;
  }

  @Test
  void resultThatWasHandedOverBeforeTheTimerIsKept() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<String> limited = raceOf(data, () -> await(data));
          events.add(await(limited));
        });
    assertThat(events).containsExactly("deadline", "data");
  }

  @Test
  void bodyThatWaitsAgainAfterALateResultIsCancelledThere() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<String> limited =
              raceOf(
                  data,
                  () -> {
                    events.add(await(data));
                    return stuck(Duration.ZERO).call();
                  });
          awaitTimeout(limited, "PT0.001S");
        });
    assertThat(events).containsExactly("deadline", "data", "cancelled", "unwound", "timed out");
  }

  @Test
  void innerTimeoutIsTheBodysOwnMatter() {
    loop.runSync(
        () ->
            events.add(
                await(
                    timeout(
                        LONG,
                        () -> {
                          awaitTimeout(timeout(millis(1), stuck(Duration.ZERO)), "PT0.001S");
                          return "result";
                        }))));
    assertThat(events).containsExactly("cancelled", "unwound", "timed out", "result");
  }

  @Test
  void outerTimeoutCancelsTheInnerOneAndNamesItself() {
    loop.runSync(
        () -> {
          Future<String>[] inner = newArray();
          Future<String> outer =
              timeout(
                  millis(1),
                  () -> {
                    inner[0] = timeout(LONG, stuck(millis(1)));
                    return await(inner[0]);
                  });
          awaitTimeout(outer, "PT0.001S");
          events.add(inner[0].cancelled());
          events.add(loop.stats().timeoutsPending());
        });
    assertThat(events).containsExactly("cancelled", "unwound", "timed out", true, 0);
  }

  @SuppressWarnings("unchecked")
  private static Future<String>[] newArray() {
    return (Future<String>[]) new Future<?>[1];
  }

  /** Retries whenever an attempt takes too long. */
  private Callable<String> retry(Duration limit, Duration unwinding) {
    return () -> {
      for (int i = 0; i < 9; i++) {
        try {
          return await(timeout(limit, stuck(unwinding)));
        } catch (LoopTimeoutException e) {
          events.add("retry");
        }
      }
      return "never";
    };
  }

  @Test
  void outerTimeoutEndsABodyThatRetries() {
    loop.runSync(
        () -> awaitTimeout(timeout(millis(100), retry(millis(40), Duration.ZERO)), "PT0.1S"));
    assertThat(events)
        .startsWith("cancelled", "unwound", "retry")
        .endsWith("cancelled", "unwound", "timed out");
  }

  @Test
  void outerTimeoutIsNotForgottenWhereTheInnerOneIsJustUnwinding() {
    loop.runSync(() -> awaitTimeout(timeout(millis(50), retry(millis(1), millis(60))), "PT0.05S"));
    assertThat(events).containsExactly("cancelled", "unwound", "timed out");
  }

  @Test
  void cancellationFromOutsideReachesTheBodyAndIsNoTimeout() {
    loop.runSync(
        () -> {
          Future<String> limited = timeout(LONG, stuck(millis(1)));
          events.add(limited.cancel(true));
          events.add(limited.done());
          WaiterContract.awaitEnd(limited);
          events.add(limited.cancelled());
          events.add(loop.stats().timeoutsPending());
        });
    assertThat(events).containsExactly(true, false, "cancelled", "unwound", true, 0);
  }

  @Test
  void cancellationFromOutsideWhileTheBodyUnwindsWaitsForIt() {
    loop.runSync(
        () -> {
          Future<String> limited = timeout(millis(1), stuck(millis(4)));
          limited.addDoneCallback(done -> events.add("done"));
          await(sleep(millis(3)));
          limited.cancel(true);
          assertThatThrownBy(() -> await(limited)).isNotNull();
        });
    assertThat(events).containsExactly("cancelled", "unwound", "done");
  }

  // As above, with a body that waits for a coroutine it calls, which unwinds.
  @Test
  void cancellationFromOutsideWhileACalleeOfTheBodyUnwindsWaitsForIt() {
    loop.runSync(
        () -> {
          Future<String> limited = timeout(millis(1), () -> await(coroutine(stuck(millis(4)))));
          limited.addDoneCallback(done -> events.add("done"));
          await(sleep(millis(3)));
          limited.cancel(true);
          assertThatThrownBy(() -> await(limited)).isNotNull();
          await(sleep(millis(5)));
        });
    assertThat(events).containsExactly("cancelled", "unwound", "done");
  }

  @Test
  void nullsAreRefusedAtTheCall() {
    loop.makeCurrent();
    assertThatThrownBy(() -> timeout(null, () -> "body"))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("delay");
    assertThatThrownBy(() -> timeout(LONG, (Action) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
    assertThatThrownBy(() -> timeout(LONG, (Callable<String>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
  }

  @Test
  void bodyThatReturnsAPendingStageIsRefused() {
    loop.runSync(
        () -> {
          for (CompletionStage<?> pending :
              List.of(sleep(millis(1)), new CompletableFuture<String>())) {
            Future<Object> limited = timeout(LONG, () -> pending);
            assertThatThrownBy(() -> await(limited))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("await it in the body")
                .hasMessageContaining("withTimeout()");
          }
          assertThat(loop.stats().timeoutsPending()).isEqualTo(1); // The sleep.
          Future<String> done = Future.succeeded("done");
          events.add(await(timeout(LONG, () -> done)).result());
        });
    assertThat(events).containsExactly("done");
  }
}
