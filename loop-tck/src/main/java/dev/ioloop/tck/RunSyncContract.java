package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.AsyncCallable;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** runSync: its forms, its time limit, and its outcome. */
@OnEachGenerator
public abstract class RunSyncContract extends LoopContract {

  /** Made by subclasses. */
  protected RunSyncContract() {}

  private Future<Integer> sum(int a, int b) {
    return coroutine(
        () -> {
          await(moment);
          return a + b;
        });
  }

  @Test
  void everyFormOfBodyGivesItsResult() {
    int ofStage = loop.runSync(() -> sum(2, 3));
    int ofAwait = loop.runSync(() -> await(sum(2, 3)) + 1);
    loop.runSync(() -> events.add("expression"));
    loop.runSync(
        () -> {
          await(moment);
          events.add("action");
        });
    String ofForeignStage = loop.runSync(() -> CompletableFuture.supplyAsync(() -> "stage"));
    assertThat(ofStage).isEqualTo(5);
    assertThat(ofAwait).isEqualTo(6);
    assertThat(ofForeignStage).isEqualTo("stage");
    assertThat(events).containsExactly("expression", "action");
  }

  @Test
  void everyFormMayHaveATimeLimit() {
    Duration limit = Duration.ofHours(1);
    int ofStage = loop.runSync(limit, () -> sum(2, 3));
    int ofAwait = loop.runSync(limit, () -> await(sum(2, 3)) + 1);
    loop.runSync(
        limit,
        () -> {
          await(moment);
          events.add("action");
        });
    assertThat(ofStage).isEqualTo(5);
    assertThat(ofAwait).isEqualTo(6);
    assertThat(events).containsExactly("action");
  }

  @Test
  void nullStageIsTheResultNull() {
    Object result =
        loop.runSync(
            () -> {
              await(moment);
              return null;
            });
    assertThat(result).isNull();
    AsyncCallable<String> nothing = () -> null;
    assertThat(loop.runSync(nothing)).isNull();
  }

  @Test
  void failureOfTheBodyIsThrownUnwrapped() {
    IOException failure = new IOException("failed on purpose");
    assertThatThrownBy(
            () ->
                loop.runSync(
                    (Action)
                        () -> {
                          throw failure;
                        }))
        .isSameAs(failure);
    assertThatThrownBy(
            () ->
                loop.runSync(
                    (Action)
                        () -> {
                          await(moment);
                          throw failure;
                        }))
        .isSameAs(failure);
    assertThatThrownBy(() -> loop.runSync(() -> CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
    assertThatThrownBy(
            () -> loop.runSync(() -> CompletableFuture.failedFuture(failure).thenRun(() -> {})))
        .isSameAs(failure);
  }

  @Test
  void bodyThatIsNotDoneInTimeThrowsLoopTimeoutException() {
    assertThatThrownBy(
            () -> loop.runSync(Duration.ofMillis(1), () -> await(sleep(Duration.ofHours(1)))))
        .isInstanceOf(LoopTimeoutException.class)
        .hasMessageContaining("PT0.001S");
    assertThat(loop.running()).isFalse();
    assertThat(loop.runSync(() -> "goes on")).isEqualTo("goes on");
  }

  // The first run's timer must not stop the second.
  @Test
  void timerOfARunDoesNotReachTheNextOne() {
    loop.runSync(Duration.ofMillis(2), () -> "in time");
    loop.runSync(
        () -> {
          await(sleep(Duration.ofMillis(4)));
          events.add("not stopped");
        });
    assertThat(events).containsExactly("not stopped");
  }

  // A timer that stays would hold the result for an hour.
  @Test
  void timerOfARunIsRemoved() throws InterruptedException {
    WeakReference<Object> result =
        new WeakReference<>(loop.runSync(Duration.ofHours(1), () -> new Object()));
    runOneTurn();
    Garbage.collectUntil(() -> result.get() == null);
  }

  @Test
  void stopBeforeTheEndOfTheBodyThrowsAndALaterStartGoesOn() {
    assertThatThrownBy(
            () ->
                loop.runSync(
                    () -> {
                      loop.stop();
                      await(sleep(Duration.ofMillis(1)));
                      events.add("went on");
                      loop.stop();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stopped");
    loop.start();
    assertThat(events).containsExactly("went on");
  }

  @Test
  void stopBeforeRunSyncMakesItReturnWithoutRunning() {
    loop.stop();
    assertThatThrownBy(() -> loop.runSync(() -> events.add("ran")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stopped");
    assertThat(events).isEmpty();
  }

  @Test
  void runSyncInACoroutineIsRefused() {
    IOLoop other = newLoop();
    loop.runSync(
        () -> {
          assertThatThrownBy(() -> loop.runSync(() -> "inner"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          await(moment);
          assertThatThrownBy(loop::start)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          assertThatThrownBy(() -> other.runSync(() -> "inner"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          events.add("refused");
        });
    other.close();
    assertThat(events).containsExactly("refused");
  }

  @Test
  void runSyncRunsWhatElseIsQueuedAndLeavesTheRest() {
    loop.addCallback(record("queued"));
    loop.runSync(
        () -> {
          await(moment);
          loop.addCallback(record("left"));
        });
    assertThat(events).containsExactly("queued");
    runOneTurn();
    assertThat(events).containsExactly("queued", "left");
  }

  @Test
  void loopIsCurrentInTheBodyAndNotAfterwards() {
    loop.runSync(
        () -> {
          events.add(IOLoop.current(false) == loop);
          await(sleep(Duration.ofMillis(1)));
          events.add(IOLoop.current() == loop);
        });
    events.add(IOLoop.current(false) == null);
    assertThat(events).containsExactly(true, true, true);
  }

  @Test
  void nullBodyIsRefusedAtTheCall() {
    assertThatThrownBy(() -> loop.runSync((Action) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
    assertThatThrownBy(() -> loop.runSync((AsyncCallable<String>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
  }
}
