package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.testing.ExpectLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/**
 * Cancelling a coroutine: when the exception is raised in its body, and how the body may respond.
 */
@OnEachGenerator
@Needs({})
public abstract class CancellationContract extends WaiterContract {

  /** Made by subclasses. */
  protected CancellationContract() {}

  @Test
  void cancellationIsRaisedAtTheAwaitInTheNextTurn() {
    loop.runSync(
        () -> {
          Future<String> future = waiter("a", new Future<>());
          loop.addCallback(record("queued before"));
          events.add(future.cancel(true));
          events.add(future.done());
          awaitEnd(future);
          events.add(future.cancelled());
          assertThatThrownBy(() -> await(future)).isInstanceOf(CancellationException.class);
        });
    assertThat(events)
        .containsExactly(true, false, "queued before", "a cancelled", "a finally", true);
  }

  @Test
  void finallyMayAwaitAndTheFutureIsDoneWhenTheBodyEnds() {
    loop.runSync(
        () -> {
          Future<Void> future =
              coroutine(
                  () -> {
                    try {
                      await(new Future<>());
                    } finally {
                      events.add("finally");
                      await(sleep(Duration.ofMillis(1)));
                      events.add("finally ends");
                    }
                  });
          future.addDoneCallback(done -> events.add("done"));
          future.cancel(true);
          awaitEnd(future);
        });
    assertThat(events).containsExactly("finally", "finally ends", "done");
  }

  @Test
  void bodyMaySwallowTheCancellationAndThatIsSaidAtDebugLevel() {
    try (ExpectLog log = new ExpectLog("dev.ioloop", "cancelled", Level.FINE)) {
      loop.runSync(
          () -> {
            Future<String> future =
                coroutine(
                    () -> {
                      try {
                        await(new Future<>());
                        return "never";
                      } catch (CancellationException e) {
                        return "swallowed";
                      }
                    });
            future.cancel(true);
            events.add(await(future));
            events.add(future.cancelled());
          });
      log.assertCount(1);
    }
    assertThat(events).containsExactly("swallowed", false);
  }

  @Test
  void bodyMayEndWithAnotherException() {
    IOException failure = new IOException("failed on purpose");
    loop.runSync(
        () -> {
          Future<Void> future =
              coroutine(
                  (Action)
                      () -> {
                        try {
                          await(new Future<>());
                        } finally {
                          raise(failure);
                        }
                      });
          future.cancel(true);
          assertThatThrownBy(() -> await(future)).isSameAs(failure);
          events.add(future.cancelled());
        });
    assertThat(events).containsExactly(false);
  }

  private static void raise(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void cancellationIsRaisedOnce() {
    loop.runSync(
        () -> {
          Future<Void> future =
              coroutine(
                  () -> {
                    for (int i = 0; i < 2; i++) {
                      try {
                        await(sleep(Duration.ofMillis(1)));
                        events.add("slept");
                      } catch (CancellationException e) {
                        events.add("cancelled");
                      }
                    }
                  });
          future.cancel(true);
          future.cancel(true);
          await(future);
        });
    assertThat(events).containsExactly("cancelled", "slept");
  }

  @Test
  void secondCancelWhileTheBodyUnwindsDoesNothing() {
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          Future<Void> future =
              coroutine(
                  () -> {
                    try {
                      await(new Future<>());
                    } finally {
                      events.add("unwinding");
                      await(gate);
                      events.add("unwound");
                    }
                  });
          future.cancel(true);
          await(moment);
          await(moment);
          events.add("second cancel");
          future.cancel(true);
          await(moment);
          await(moment);
          gate.setResult(null);
          awaitEnd(future);
        });
    assertThat(events).containsExactly("unwinding", "second cancel", "unwound");
  }

  @Test
  void cancelOfAnEndedCoroutineIsFalse() {
    loop.runSync(
        () -> {
          Future<String> ended = coroutine(() -> "result");
          events.add(ended.cancel(true));
          events.add(ended.result());
        });
    assertThat(events).containsExactly(false, "result");
  }

  @Test
  void plainFutureIsCancelledAtOnceAndItsAwaiterIsTold() {
    loop.runSync(
        () -> {
          Future<Void> plain = new Future<>();
          Future<String> waiting = waiter("a", plain);
          events.add(plain.cancel(true));
          events.add(plain.cancelled());
          awaitEnd(waiting);
        });
    assertThat(events).containsExactly(true, true, "a cancelled", "a finally");
  }

  // An item that was handed over must not be lost: a cancelled reader would swallow its data.
  @Test
  void resultThatWasHandedOverIsDeliveredAndTheNextAwaitRaises() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<Void> future =
              coroutine(
                  () -> {
                    events.add(await(data));
                    try {
                      await(moment);
                      events.add("not reached");
                    } catch (CancellationException e) {
                      events.add("cancelled");
                      throw e;
                    }
                  });
          data.setResult("data");
          events.add(future.cancel(true));
          awaitEnd(future);
          events.add(future.cancelled());
        });
    assertThat(events).containsExactly(true, "data", "cancelled", true);
  }

  @Test
  void coroutineThatCancelsItselfIsToldAtItsNextAwait() {
    loop.runSync(
        () -> {
          Future<Future<Void>> self = new Future<>();
          Future<Void> future =
              coroutine(
                  () -> {
                    await(self).cancel(true);
                    events.add("goes on");
                    await(sleep(Duration.ofHours(1)));
                    events.add("not reached");
                  });
          self.setResult(future);
          awaitEnd(future);
          events.add(future.cancelled());
        });
    assertThat(events).containsExactly("goes on", true);
  }

  @Test
  void cancelWhileWaitingForAMomentIsRaisedThere() {
    loop.runSync(
        () -> {
          Future<String> future = waiter("a", moment);
          future.cancel(true);
          awaitEnd(future);
        });
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  @Test
  void coroutineIsCancelledFromAnotherThreadInALaterTurn() {
    loop.runSync(
        () -> {
          Future<String> future = waiter("a", new Future<>());
          OtherThread.execute(() -> future.cancel(true));
          awaitEnd(future);
        });
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  // The dependent that the JDK registers for a time limit is no awaiter.
  @Test
  void timeLimitOfTheJdkDoesNotKeepACancellationFromBeingPassedOn() {
    loop.runSync(
        () -> {
          for (boolean alone : new boolean[] {true, false}) {
            Future<String> inner = waiter("inner", new Future<>());
            inner.orTimeout(1, TimeUnit.HOURS).completeOnTimeout("late", 1, TimeUnit.HOURS);
            if (!alone) {
              inner.thenAccept(events::add);
            }
            Future<String> outer = coroutine(() -> await(inner));
            outer.cancel(true);
            awaitEnd(outer);
            events.add("outer ends");
            inner.cancel(true);
            awaitEnd(inner);
          }
        });
    assertThat(events)
        .containsExactly(
            "inner cancelled",
            "inner finally",
            "outer ends",
            "outer ends",
            "inner cancelled",
            "inner finally");
  }
}
