package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/**
 * Task groups that fail or are cancelled: who is cancelled, who is waited for, and what is thrown.
 */
@OnEachGenerator
public abstract class TaskGroupFailureContract extends LoopContract {

  private final IOException failure = new IOException("failed on purpose");
  private final IOException inFinally = new IOException("failed in finally on purpose");

  /** Made by subclasses. */
  protected TaskGroupFailureContract() {}

  /** Fails in its second segment. */
  private Action failing(Throwable thrown) {
    return () -> {
      await(moment);
      raise(thrown);
    };
  }

  private static <X extends Throwable> void raise(Throwable thrown) throws X {
    @SuppressWarnings("unchecked")
    X unchecked = (X) thrown;
    throw unchecked;
  }

  /** Waits until it is cancelled, takes a turn to unwind, and then throws {@code last}, if any. */
  private void waitForEver(String name, Throwable last) {
    try {
      await(sleep(Duration.ofHours(1)));
      events.add(name + " slept");
    } catch (CancellationException e) {
      events.add(name + " cancelled");
      throw e;
    } finally {
      await(moment);
      events.add(name + " unwound");
      if (last != null) {
        TaskGroupFailureContract.<RuntimeException>raise(last);
      }
    }
  }

  private Action stuck(String name) {
    return () -> waitForEver(name, null);
  }

  private Action stuckAndFailing(String name) {
    return () -> waitForEver(name, inFinally);
  }

  @Test
  void firstFailureCancelsTheOthersAndTheBodyAndIsThrownWithTheirsSuppressed() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.start(failing(failure));
                              group.start(stuck("a"));
                              group.start(stuckAndFailing("b"));
                              waitForEver("body", null);
                              return "never";
                            }))
                .isSameAs(failure));
    assertThat(events)
        .containsExactly(
            "a cancelled",
            "b cancelled",
            "body cancelled",
            "a unwound",
            "b unwound",
            "body unwound");
    assertThat(Marks.suppressedBy(failure)).containsExactly(inFinally);
  }

  @Test
  void failureOfAChildThatTheBodyAwaitsIsThrownOnce() {
    loop.runSync(
        () ->
            assertThatThrownBy(() -> TaskGroup.run(group -> await(group.start(failing(failure)))))
                .isSameAs(failure));
    assertThat(Marks.suppressedBy(failure)).isEmpty();
  }

  @Test
  void childThatFailsInItsFirstSegmentCancelsTheOthersAndTheBody() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.start(stuck("a"));
                              Future<Void> child = group.start((Action) () -> raise(failure));
                              events.add(child.done());
                              waitForEver("body", null);
                              return "never";
                            }))
                .isSameAs(failure));
    assertThat(events)
        .containsExactly(true, "a cancelled", "body cancelled", "a unwound", "body unwound");
  }

  @Test
  void bodyThatNeverAwaitsIsTooLateForTheFailureAndItIsThrownAllTheSame() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.start((Action) () -> raise(failure));
                              assertThatThrownBy(() -> group.start(stuck("late")))
                                  .isInstanceOf(CancellationException.class);
                              return "result";
                            }))
                .isSameAs(failure));
    assertThat(events).isEmpty();
  }

  @Test
  void bodyThatFailsCancelsTheChildrenAndKeepsItsOwnError() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.start(stuck("a"));
                              group.start(stuckAndFailing("b"));
                              await(moment);
                              throw failure;
                            }))
                .isSameAs(failure));
    assertThat(events).containsExactly("a cancelled", "b cancelled", "a unwound", "b unwound");
    assertThat(Marks.suppressedBy(failure)).containsExactly(inFinally);
  }

  @Test
  void errorThatTheBodyMakesOfAChildsFailureComesFirst() {
    IllegalStateException own = new IllegalStateException("thrown by the body on purpose");
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () ->
                        TaskGroup.run(
                            group -> {
                              group.start(failing(failure));
                              try {
                                await(new Future<>());
                              } finally {
                                TaskGroupFailureContract.<RuntimeException>raise(own);
                              }
                              return "never";
                            }))
                .isSameAs(own));
    assertThat(Marks.suppressedBy(own)).containsExactly(failure);
  }

  @Test
  void bodyMayCatchTheFailureOfJoinAndGoOn() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      group.start(failing(failure));
                      group.start(stuck("a"));
                      try {
                        group.join();
                      } catch (Exception e) {
                        events.add(e);
                      }
                      return "result";
                    })));
    assertThat(events).containsExactly("a cancelled", "a unwound", failure, "result");
  }

  @Test
  void closeAfterAJoinThatThrewThrowsNothing() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.start(failing(failure));
          group.start(stuck("a"));
          assertThatThrownBy(group::join).isSameAs(failure);
          events.add("thrown");
          group.join();
          group.close();
        });
    assertThat(events).containsExactly("a cancelled", "a unwound", "thrown");
  }

  @Test
  void closeOfATryStatementThrowsTheFailure() {
    loop.runSync(
        () ->
            assertThatThrownBy(
                    () -> {
                      try (TaskGroup group = new TaskGroup()) {
                        group.start(failing(failure));
                        group.start(stuck("a"));
                        events.add("block ends");
                      }
                    })
                .isSameAs(failure));
    assertThat(events).containsExactly("block ends", "a cancelled", "a unwound");
  }

  private Future<String> runInCoroutine(TaskGroup.Scope<String> body) {
    return coroutine(
        () -> {
          try {
            return TaskGroup.run(body);
          } finally {
            events.add("run ends");
          }
        });
  }

  @Test
  void outerCancellationReachesBodyAndChildrenAndIsThrownThoughOneFailsMeanwhile() {
    loop.runSync(
        () -> {
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(stuck("a"));
                    group.start(stuckAndFailing("b"));
                    waitForEver("body", null);
                    return "never";
                  });
          outer.cancel(true);
          assertThatThrownBy(() -> await(outer))
              .isInstanceOfSatisfying(
                  CancellationException.class,
                  thrown -> assertThat(Marks.suppressedBy(thrown)).containsExactly(inFinally));
          events.add(outer.cancelled());
        });
    assertThat(events)
        .containsExactly(
            "body cancelled",
            "body unwound",
            "a cancelled",
            "b cancelled",
            "a unwound",
            "b unwound",
            "run ends",
            true);
  }

  @Test
  void outerCancellationWhileOnlyChildrenAreLeftIsThrown() {
    loop.runSync(
        () -> {
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(stuck("a"));
                    return "result";
                  });
          await(moment);
          await(moment);
          outer.cancel(true);
          WaiterContract.awaitEnd(outer);
          events.add(outer.cancelled());
        });
    assertThat(events).containsExactly("a cancelled", "a unwound", "run ends", true);
  }

  // As above, with a body that was cancelled too: it gets a cancellation.
  @Test
  void outerCancellationWhileOnlyChildrenAreLeftIsThrownThoughOneFailsMeanwhile() {
    loop.runSync(
        () -> {
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(stuckAndFailing("a"));
                    return "result";
                  });
          await(moment);
          await(moment);
          outer.cancel(true);
          assertThatThrownBy(() -> await(outer))
              .isInstanceOfSatisfying(
                  CancellationException.class,
                  thrown -> assertThat(Marks.suppressedBy(thrown)).containsExactly(inFinally));
        });
    assertThat(events).containsExactly("a cancelled", "a unwound", "run ends");
  }

  @Test
  void outerCancellationIsThrownThoughTheGroupHadCancelledItself() {
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(
                        () -> {
                          try {
                            waitForEver("a", null);
                          } finally {
                            await(gate);
                            events.add("a ended");
                          }
                        });
                    group.cancel();
                    return "result";
                  });
          await(sleep(Duration.ofMillis(1)));
          outer.cancel(true);
          await(sleep(Duration.ofMillis(1)));
          events.add(outer.done());
          gate.setResult(null);
          WaiterContract.awaitEnd(outer);
          events.add(outer.cancelled());
        });
    assertThat(events)
        .containsExactly("a cancelled", "a unwound", false, "a ended", "run ends", true);
  }

  @Test
  void outerCancellationReachesTheInnermostGroup() {
    loop.runSync(
        () -> {
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(stuck("outer child"));
                    return TaskGroup.run(
                        inner -> {
                          inner.start(stuck("inner child"));
                          inner.join();
                          return "never";
                        });
                  });
          outer.cancel(true);
          WaiterContract.awaitEnd(outer);
          events.add(outer.cancelled());
        });
    assertThat(events)
        .containsExactly(
            "inner child cancelled",
            "inner child unwound",
            "outer child cancelled",
            "outer child unwound",
            "run ends",
            true);
  }

  // A second request comes while the body, which the failure has cancelled, waits for one it calls.
  @Test
  void runDoesNotEndBeforeItsBodyWhenItIsCancelledWhileItUnwinds() {
    loop.runSync(
        () -> {
          Future<String> outer =
              runInCoroutine(
                  group -> {
                    group.start(failing(failure));
                    await(
                        coroutine(
                            () -> {
                              try {
                                await(new Future<>());
                              } finally {
                                await(sleep(Duration.ofMillis(2)));
                                events.add("callee unwound");
                              }
                            }));
                    return "never";
                  });
          await(sleep(Duration.ofMillis(1)));
          outer.cancel(true);
          outer.addDoneCallback(done -> events.add("done"));
          assertThatThrownBy(() -> await(outer)).isNotNull();
          await(sleep(Duration.ofMillis(3)));
        });
    assertThat(events).containsExactly("callee unwound", "run ends", "done");
  }
}
