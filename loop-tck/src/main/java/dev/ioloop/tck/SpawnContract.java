package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.testing.ExpectLog;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Coroutines that nobody awaits, and what keeps a coroutine alive. */
@OnEachGenerator
public abstract class SpawnContract extends LoopContract {

  /** Made by subclasses. */
  protected SpawnContract() {}

  @Test
  void spawnCallbackRunsACoroutineFromAnyThread() throws Exception {
    OtherThread<Future<String>> other =
        OtherThread.start(
            () ->
                loop.spawnCallback(
                    () -> {
                      await(moment);
                      loop.stop();
                      return "result";
                    }));
    Future<String> future = other.join();
    assertThat(future.done()).isFalse();
    loop.start();
    assertThat(future.result()).isEqualTo("result");
  }

  // A value that is no future must not be waited for.
  @Test
  void resultThatLooksLikeAYieldableIsJustAResult() {
    List<Future<String>> result = List.of(new Future<>());
    Future<List<Future<String>>> spawned = loop.spawnCallback(() -> result);
    spawned.addDoneCallback(done -> loop.stop());
    loop.start();
    assertThat(spawned.result()).isSameAs(result);
    assertThat(loop.runSync(() -> result)).isSameAs(result);
  }

  @Test
  void failureOfASpawnedCoroutineIsLoggedOnce() throws InterruptedException {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.spawnCallback(
        (Action)
            () -> {
              await(moment);
              loop.stop();
              throw failure;
            });
    try (ExpectLog log = expectLog("")) {
      loop.start();
      runOneTurn();
      Garbage.collect(); // A report of a lost failure would be the second one.
      log.assertCount(1);
      assertThat(log.records().get(0).getThrown()).isSameAs(failure);
    }
  }

  @Test
  void exceptionHandlerIsToldWhichSpawnedCoroutineFailed() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.setExceptionHandler(
        (source, thrown) -> {
          events.add(source);
          events.add(thrown);
          loop.stop();
        });
    Future<Void> future =
        loop.spawnCallback(
            (Action)
                () -> {
                  await(moment);
                  throw failure;
                });
    loop.start();
    assertThat(events).containsExactly(future, failure);
  }

  @Test
  void coroutineOnAForeignThreadIsRefusedWhileTheLoopRuns() throws Exception {
    CountDownLatch current = new CountDownLatch(1);
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              loop.makeCurrent();
              current.countDown();
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              try {
                assertThatThrownBy(() -> coroutine(() -> events.add("body")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("spawnCallback");
              } finally {
                loop.stop();
              }
            });
    current.await();
    loop.start();
    other.join();
    assertThat(events).isEmpty();
  }

  @Test
  void loopHoldsAnUnfinishedCoroutine() throws InterruptedException {
    loop.makeCurrent();
    WeakReference<Future<String>> awaited = awaitWithoutReference();
    Garbage.collect();
    Future<String> future = awaited.get();
    assertThat(future).isNotNull();
    future.setResult("result");
    runOneTurn();
    assertThat(events).containsExactly("result");
  }

  private WeakReference<Future<String>> awaitWithoutReference() {
    Future<String> future = new Future<>();
    coroutine((Action) () -> events.add(await(future)));
    return new WeakReference<>(future);
  }

  @Test
  void endedCoroutineHoldsNothing() throws InterruptedException {
    Future<Void> ended = new Future<>();
    WeakReference<Object> reference =
        loop.runSync(
            () -> {
              Object garbage = new Object();
              Future<Object> result = new Future<>();
              loop.addCallback(() -> result.setResult(new Object()));
              Future<Void> inner =
                  coroutine(
                      () -> {
                        await(result);
                        events.add(garbage.hashCode());
                      });
              await(inner);
              inner.addDoneCallback(done -> ended.setResult(null));
              return new WeakReference<>(garbage);
            });
    assertThat(ended.done()).isTrue();
    runOneTurn();
    Garbage.collectUntil(() -> reference.get() == null);
  }

  @Test
  void dumpNamesEverySuspendedCoroutineAndTheLineItWaitsAt() {
    loop.runSync(
        () -> {
          Future<Void> first = new Future<>();
          List<Future<Void>> waiters =
              List.of(coroutine(() -> await(first)), coroutine(this::waitsHere));
          events.add(loop.dump());
          first.setResult(null);
          await(multi(waiters));
        });
    String dump = (String) events.get(0);
    assertThat(dump)
        .contains("dumpNamesEverySuspendedCoroutine", "waitsHere", "SpawnContract.java:");
  }

  private Void waitsHere() {
    return await(sleep(Duration.ofMillis(1)));
  }

  @Test
  void spawningOnAClosedLoopGivesACancelledFutureAndRunsNothing() {
    loop.close();
    Future<String> future =
        loop.spawnCallback(
            () -> {
              events.add("never");
              return "never";
            });
    assertThat(future.cancelled()).isTrue();
    assertThat(events).isEmpty();
  }
}
