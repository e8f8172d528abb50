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
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Task groups whose children succeed: results, waiting, nesting, and refused calls. */
@OnEachGenerator
public abstract class TaskGroupContract extends LoopContract {

  /** Made by subclasses. */
  protected TaskGroupContract() {}

  /** A body that ends with {@code name} after {@code turns} turns, and records its end. */
  private Callable<String> worker(String name, int turns) {
    return () -> {
      for (int i = 0; i < turns; i++) {
        await(moment);
      }
      events.add(name);
      return name;
    };
  }

  /** A body that ends only when it is cancelled, and takes a turn for that. */
  private Action stuck(String name) {
    return () -> {
      try {
        await(sleep(Duration.ofHours(1)));
      } catch (CancellationException e) {
        events.add(name + " cancelled");
        throw e;
      } finally {
        await(moment);
        events.add(name + " unwound");
      }
    };
  }

  @Test
  void resultsOfTheChildrenComeThroughTheirFutures() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      Future<String> a = group.start(worker("a", 2));
                      Future<String> b = group.start(worker("b", 1));
                      return await(a) + await(b);
                    })));
    assertThat(events).containsExactly("b", "a", "ab");
  }

  @Test
  void firstSegmentOfAChildRunsInStart() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      Future<String> child = group.start(worker("child", 0));
                      return child.done();
                    })));
    assertThat(events).containsExactly("child", true);
  }

  @Test
  void runWaitsForChildrenThatTheBodyDoesNotAwait() {
    loop.runSync(
        () -> {
          events.add(
              TaskGroup.run(
                  group -> {
                    group.start(worker("child", 3));
                    events.add("body ends");
                    return "result";
                  }));
        });
    assertThat(events).containsExactly("body ends", "child", "result");
  }

  @Test
  void runWaitsForChildrenThatChildrenStart() {
    loop.runSync(
        () -> {
          TaskGroup.run(
              group -> {
                group.start(
                    () -> {
                      await(moment);
                      group.start(worker("grandchild", 2));
                      events.add("child ends");
                    });
                return null;
              });
          events.add("run ends");
        });
    assertThat(events).containsExactly("child ends", "grandchild", "run ends");
  }

  @Test
  void joinWaitsForAllAndTheGroupGoesOn() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.join();
          events.add("joined none");
          group.start(worker("a", 1));
          group.join();
          events.add("joined a");
          group.join();
          group.start(worker("b", 1));
          group.join();
          events.add("joined b");
        });
    assertThat(events).containsExactly("joined none", "a", "joined a", "b", "joined b");
  }

  @Test
  void twoCoroutinesMayJoinAtOnce() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.start(worker("child", 3));
          Future<Void> first = coroutine(joiner(group, "first"));
          Future<Void> second = coroutine(joiner(group, "second"));
          await(first);
          await(second);
          events.add(first.done());
          events.add(second.done());
        });
    assertThat(events).containsExactly("child", "first joined", "second joined", true, true);
  }

  private Action joiner(TaskGroup group, String name) {
    return () -> {
      group.join();
      events.add(name + " joined");
    };
  }

  @Test
  void groupInATryStatementWaitsWhenItIsClosed() {
    loop.runSync(
        () -> {
          try (TaskGroup group = new TaskGroup()) {
            group.start(worker("child", 2));
            events.add("block ends");
          }
          events.add("closed");
        });
    assertThat(events).containsExactly("block ends", "child", "closed");
  }

  @Test
  void cancelEndsTheChildrenAndTheBodyKeepsItsResult() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      Future<Void> child = group.start(stuck("a"));
                      group.start(stuck("b"));
                      group.cancel();
                      events.add(child.done());
                      return "result";
                    })));
    assertThat(events)
        .containsExactly(false, "a cancelled", "b cancelled", "a unwound", "b unwound", "result");
  }

  @Test
  void childThatIsCancelledFromElsewhereIsNoFailure() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      Future<Void> child = group.start(stuck("a"));
                      Future<String> other = group.start(worker("b", 5));
                      child.cancel(true);
                      return await(other);
                    })));
    assertThat(events).containsExactly("a cancelled", "a unwound", "b", "b");
  }

  @Test
  void childThatAwaitsACancelledFutureIsNoFailure() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    group -> {
                      Future<Void> plain = new Future<>();
                      group.start(() -> await(plain));
                      plain.cancel(true);
                      return "result";
                    })));
    assertThat(events).containsExactly("result");
  }

  @Test
  void startAfterCancelIsACancellation() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.cancel();
          assertThatThrownBy(() -> group.start(worker("never", 0)))
              .isInstanceOf(CancellationException.class)
              .hasMessageContaining("start()")
              .hasMessageContaining("cancelled");
        });
    assertThat(events).isEmpty();
  }

  @Test
  void startAfterCloseIsRefused() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.close();
          assertThatThrownBy(() -> group.start(worker("never", 0)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("start()")
              .hasMessageContaining("closed");
          TaskGroup[] ofRun = new TaskGroup[1];
          TaskGroup.run(inner -> ofRun[0] = inner);
          assertThatThrownBy(() -> ofRun[0].start(worker("never", 0)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("closed");
        });
    assertThat(events).isEmpty();
  }

  @Test
  void cancelAndCloseOfAClosedGroupDoNothing() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          group.start(worker("child", 0));
          group.close();
          group.close();
          group.cancel();
          group.join();
        });
    assertThat(events).containsExactly("child");
  }

  @Test
  void groupsMayBeNested() {
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    outer -> {
                      outer.start(worker("outer child", 4));
                      String inner =
                          TaskGroup.run(
                              group -> {
                                group.start(worker("inner child", 2));
                                return "inner result";
                              });
                      events.add(inner);
                      return "outer result";
                    })));
    assertThat(events)
        .containsExactly("inner child", "inner result", "outer child", "outer result");
  }

  @Test
  void failureInANestedGroupThatIsCaughtDoesNotReachTheOuterOne() {
    IOException failure = new IOException("failed on purpose");
    loop.runSync(
        () ->
            events.add(
                TaskGroup.run(
                    outer -> {
                      Future<String> child = outer.start(worker("outer child", 9));
                      assertThatThrownBy(
                              () ->
                                  TaskGroup.run(
                                      inner -> {
                                        inner.start(stuck("inner child"));
                                        throw failure;
                                      }))
                          .isSameAs(failure);
                      events.add("caught");
                      return await(child);
                    })));
    assertThat(events)
        .containsExactly(
            "inner child cancelled", "inner child unwound", "caught", "outer child", "outer child");
  }

  @Test
  void nullsAreRefusedAtTheCall() {
    assertThatThrownBy(() -> TaskGroup.run(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
    TaskGroup group = new TaskGroup();
    assertThatThrownBy(() -> group.start((Callable<String>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
    assertThatThrownBy(() -> group.start((Action) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
  }

  @Test
  void stringFormTellsTheStateAndTheChildren() {
    loop.runSync(
        () -> {
          TaskGroup group = new TaskGroup();
          events.add(group.toString());
          group.start(worker("child", 1));
          events.add(group.toString());
          group.cancel();
          events.add(group.toString());
          group.close();
          events.add(group.toString());
        });
    assertThat(events)
        .containsExactly(
            "TaskGroup[open, children=0]",
            "TaskGroup[open, children=1]",
            "TaskGroup[cancelled, children=1]",
            "TaskGroup[closed, children=0]");
  }
}
