package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Context;
import dev.ioloop.ContextVar;
import dev.ioloop.Future;
import dev.ioloop.Generator;
import dev.ioloop.PeriodicCallback;
import dev.ioloop.TaskGroup;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Testing;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Variables that follow the flow of the program: where their values go, and where they do not. */
@OnEachGenerator
public abstract class ContextContract extends LoopContract {

  private static final ContextVar<String> USER = new ContextVar<>("user", "nobody");

  /** Made by subclasses. */
  protected ContextContract() {}

  /** Returns a callback that records who the user is. */
  private Runnable recordUser(String where) {
    return () -> events.add(where + " " + USER.get());
  }

  @Test
  void valueIsTheInitialOneWhereNoneWasSet() {
    recordUser("before").run();
    loop.runSync(() -> events.add(USER.get()));
    USER.set(null);
    events.add(String.valueOf(USER.get()));
    assertThat(events).containsExactly("before nobody", "nobody", "null");
    assertThat(USER).hasToString("ContextVar[user]");
  }

  @Test
  void callbackTimeoutAndFutureTakeTheValueOfWhoAddedThem() {
    loop.runSync(
        () -> {
          Future<Void> gate = new Future<>();
          USER.set("ada");
          loop.addCallback(recordUser("callback"));
          loop.callLater(Duration.ZERO, recordUser("timeout"));
          loop.addFuture(gate, done -> recordUser("future").run());
          USER.set("bob");
          loop.addCallback(() -> gate.setResult(null));
          await(sleep(Duration.ofMillis(1)));
        });
    assertThat(events).containsExactly("callback ada", "timeout ada", "future ada");
  }

  @Test
  void doneCallbackChangesNothingForWhoCompletes() {
    loop.runSync(
        () -> {
          USER.set("ada");
          Future<String> future = new Future<>();
          future.addDoneCallback(
              done -> {
                recordUser("first").run();
                USER.set("eve");
              });
          future.addDoneCallback(done -> recordUser("second").run());
          future.setResult("x");
          recordUser("after").run();
          Future.succeeded("x").addDoneCallback(done -> USER.set("eve"));
          recordUser("at once").run();
          loop.addFuture(future, done -> USER.set("eve"));
          await(sleep(Duration.ofMillis(1)));
          recordUser("later").run();
        });
    assertThat(events)
        .containsExactly("first ada", "second ada", "after ada", "at once ada", "later ada");
  }

  @Test
  void doneCallbackChangesNothingOnAThreadWithoutALoop() {
    USER.set("ada");
    Future<String> future = new Future<>();
    future.addDoneCallback(done -> USER.set("eve"));
    future.setResult("x");
    recordUser("after").run();
    assertThat(events).containsExactly("after ada");
  }

  @Test
  void beatSeesWhoStartedItAndNotTheBeatBefore() {
    loop.runSync(
        () -> {
          USER.set("ada");
          Future<Void> three = new Future<>();
          PeriodicCallback beat =
              new PeriodicCallback(
                  () -> {
                    recordUser("beat").run();
                    USER.set("eve");
                    if (events.size() == 3) {
                      three.setResult(null);
                    }
                  },
                  Duration.ofMillis(1));
          beat.start();
          USER.set("bob");
          await(three);
          beat.stop();
          Future<Void> two = new Future<>();
          PeriodicCallback coroutines =
              new PeriodicCallback(
                  () ->
                      coroutine(
                          () -> {
                            recordUser("coroutine").run();
                            USER.set("eve");
                            await(moment);
                            if (events.size() == 5) {
                              two.setResult(null);
                            }
                          }),
                  Duration.ofMillis(1));
          coroutines.start();
          await(two);
          coroutines.stop();
        });
    assertThat(events)
        .containsExactly("beat ada", "beat ada", "beat ada", "coroutine bob", "coroutine bob");
  }

  @Test
  void executedCommandTakesTheValueToo() {
    loop.makeCurrent();
    USER.set("ada");
    loop.execute(recordUser("command"));
    loop.addCallbackFromSignal(recordUser("signal"));
    USER.set("bob");
    runOneTurn();
    assertThat(events).containsExactly("command ada", "signal ada");
  }

  private Future<Void> speaker(String name) {
    return coroutine(
        () -> {
          USER.set(name);
          for (int i = 0; i < 2; i++) {
            await(moment);
            recordUser(name + " is").run();
          }
        });
  }

  @Test
  void coroutinesThatTakeTurnsEachKeepTheirOwnValue() {
    loop.runSync(
        () -> {
          USER.set("caller");
          Future<Void> ada = speaker("ada");
          Future<Void> bob = speaker("bob");
          recordUser("caller is").run();
          await(ada);
          await(bob);
          recordUser("caller is").run();
        });
    assertThat(events)
        .containsExactly(
            "caller is caller",
            "ada is ada",
            "bob is bob",
            "ada is ada",
            "bob is bob",
            "caller is caller");
  }

  @Test
  void childInheritsWhatWasSetBeforeItStarted() {
    loop.runSync(
        () -> {
          USER.set("ada");
          Future<Void> child =
              coroutine(
                  () -> {
                    recordUser("first segment").run();
                    await(moment);
                    recordUser("second segment").run();
                  });
          USER.set("bob");
          await(child);
          TaskGroup.run(group -> group.start(() -> recordUser("of a group").run()));
        });
    assertThat(events).containsExactly("first segment ada", "second segment ada", "of a group bob");
  }

  @Test
  void spawnedCoroutineInheritsFromWhoSpawnsIt() throws Exception {
    USER.set("main");
    loop.spawnCallback(() -> recordUser("from this thread").run());
    onOtherThread(
        () -> {
          USER.set("other");
          return loop.spawnCallback(() -> recordUser("from another thread").run());
        });
    USER.set("later");
    runOneTurn();
    assertThat(events).containsExactly("from this thread main", "from another thread other");
  }

  @Test
  void runSyncInheritsAndLeavesTheCallersValueAlone() {
    USER.set("main");
    loop.runSync(
        () -> {
          recordUser("begins").run();
          USER.set("ada");
          await(moment);
          recordUser("ends").run();
        });
    recordUser("main").run();
    assertThat(events).containsExactly("begins main", "ends ada", "main main");
  }

  @Test
  void nothingLeaksIntoWhatRunsNext() {
    loop.addCallback(() -> USER.set("callback"));
    loop.addCallback(recordUser("after a callback"));
    loop.callLater(Duration.ZERO, () -> USER.set("timeout"));
    loop.callLater(Duration.ZERO, recordUser("after a timeout"));
    loop.addCallback(() -> loop.addCallback(recordUser("next turn")));
    runOneTurn();
    runOneTurn();
    loop.addFuture(Future.succeeded(null), done -> USER.set("future"));
    loop.addFuture(Future.succeeded(null), done -> recordUser("after a future").run());
    runOneTurn();
    recordUser("main").run();
    assertThat(events)
        .containsExactly(
            "after a callback nobody",
            "after a timeout nobody",
            "next turn nobody",
            "after a future nobody",
            "main nobody");
  }

  @Test
  void nothingLeaksOutOfAFailure() {
    try (ExpectLog log = Testing.expectLog("Exception in callback")) {
      loop.addCallback(
          () -> {
            USER.set("failed");
            throw new IllegalStateException("failed on purpose");
          });
      loop.addCallback(recordUser("after a callback"));
      loop.spawnCallback(
          () -> {
            USER.set("failed");
            throw new IOException("failed on purpose");
          });
      loop.addCallback(recordUser("after a coroutine"));
      runOneTurn();
      log.assertCount(2);
    }
    assertThat(events).containsExactly("after a callback nobody", "after a coroutine nobody");
  }

  @Test
  void nothingLeaksOutOfACancelledCoroutine() {
    loop.runSync(
        () -> {
          Future<Void> child =
              coroutine(
                  () -> {
                    USER.set("child");
                    try {
                      await(new Future<>());
                    } finally {
                      recordUser("finally").run();
                    }
                  });
          child.cancel(true);
          WaiterContract.awaitEnd(child);
          recordUser("parent").run();
        });
    assertThat(events).containsExactly("finally child", "parent nobody");
  }

  @Test
  void whatAnAwaitThrowsDoesNotChangeTheValue() {
    IOException failure = new IOException("failed on purpose");
    loop.runSync(
        () -> {
          USER.set("ada");
          Future<Void> failed = new Future<>();
          loop.addCallback(
              () -> {
                USER.set("bob");
                failed.setException(failure);
              });
          assertThatThrownBy(() -> await(failed)).isSameAs(failure);
          events.add(USER.get());
        });
    assertThat(events).containsExactly("ada");
  }

  @Test
  void wrappedCallbackRunsInItsContextWhereverItIsCalled() throws Exception {
    USER.set("ada");
    Runnable wrapped = Context.current().wrap(recordUser("wrapped"));
    USER.set("bob");
    wrapped.run();
    recordUser("here").run();
    onOtherThread(
        () -> {
          wrapped.run();
          recordUser("there").run();
          return null;
        });
    assertThat(events).containsExactly("wrapped ada", "here bob", "wrapped ada", "there nobody");
  }

  @Test
  void taskInAnExecutorTakesTheContextWhereItIsWrapped() {
    loop.runSync(
        () -> {
          USER.set("ada");
          await(loop.runInExecutor(() -> recordUser("plain").run()));
          Runnable wrapped = Context.current().wrap(recordUser("wrapped"));
          await(loop.runInExecutor(wrapped::run));
        });
    assertThat(events).containsExactly("plain nobody", "wrapped ada");
  }

  @Test
  void whatATaskSetsIsGoneWhenItEnds() {
    ExecutorService worker = Executors.newSingleThreadExecutor();
    Executor decorating = task -> worker.execute(inContextOf("executor", task));
    try {
      loop.runSync(
          () -> {
            await(loop.runInExecutor(worker, () -> USER.set("task")));
            assertThatThrownBy(
                    () ->
                        await(
                            loop.runInExecutor(
                                worker,
                                () -> {
                                  USER.set("failed");
                                  throw new IOException("failed on purpose");
                                })))
                .isInstanceOf(IOException.class);
            await(loop.runInExecutor(worker, recordUser("next task")::run));
            USER.set("ada");
            await(loop.runInExecutor(Runnable::run, () -> USER.set("direct")));
            recordUser("after a direct task").run();
            await(loop.runInExecutor(decorating, recordUser("decorated")::run));
          });
    } finally {
      worker.shutdown();
    }
    assertThat(events)
        .containsExactly("next task nobody", "after a direct task ada", "decorated executor");
  }

  private static Runnable inContextOf(String user, Runnable task) {
    return () -> {
      USER.set(user);
      try {
        task.run();
      } finally {
        USER.set("nobody");
      }
    };
  }

  @Test
  void callRunsInTheContextAndComesBackAlsoAfterAFailure() throws Exception {
    IOException failure = new IOException("failed on purpose");
    USER.set("ada");
    Context ada = Context.current();
    USER.set("bob");
    String result =
        ada.call(
            () -> {
              recordUser("called").run();
              USER.set("inside");
              return USER.get();
            });
    events.add(result);
    assertThatThrownBy(
            () ->
                ada.call(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    recordUser("after").run();
    assertThat(ada.<String>call(USER::get)).isEqualTo("ada");
    assertThat(events).containsExactly("called ada", "inside", "after bob");
  }

  @Test
  void callMayAwait() {
    loop.runSync(
        () -> {
          USER.set("ada");
          Context ada = Context.current();
          USER.set("bob");
          ada.call(
              () -> {
                await(moment);
                recordUser("inside").run();
                return null;
              });
          recordUser("after").run();
          await(moment);
          recordUser("later").run();
        });
    assertThat(events).containsExactly("inside ada", "after bob", "later bob");
  }

  @Test
  void nothingIsSetInTheEmptyContext() throws Exception {
    USER.set("ada");
    Context.EMPTY.wrap(recordUser("empty")).run();
    events.add(Context.EMPTY.call(USER::get));
    loop.makeCurrent();
    Context.EMPTY.call(() -> coroutine(recordUser("coroutine")::run));
    recordUser("after").run();
    assertThat(events).containsExactly("empty nobody", "nobody", "coroutine nobody", "after ada");
  }

  @Test
  void generatorSharesTheVariablesOfTheCoroutineThatDrivesIt() {
    loop.runSync(
        () -> {
          USER.set("driver");
          Generator<String, Void, Void> generator =
              Generator.of(
                  g -> {
                    recordUser("begins").run();
                    USER.set("generator");
                    g.yield("first");
                    recordUser("goes on").run();
                    await(moment);
                    recordUser("after await").run();
                    return null;
                  });
          generator.next();
          recordUser("driver").run();
          generator.hasNext();
        });
    assertThat(events)
        .containsExactly(
            "begins driver", "driver generator", "goes on generator", "after await generator");
  }

  @Test
  void nullsAreRefused() {
    assertThatThrownBy(() -> new ContextVar<>(null, "value"))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("name");
    assertThatThrownBy(() -> Context.EMPTY.wrap(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    assertThatThrownBy(() -> Context.EMPTY.call(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("body");
  }
}
