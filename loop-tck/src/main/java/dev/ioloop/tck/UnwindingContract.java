package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.ContextVar;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.testing.ExpectLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What ends coroutines from outside: time limits, and the end of the loop. */
@OnEachGenerator
public abstract class UnwindingContract extends WaiterContract {

  /** Made by subclasses. */
  protected UnwindingContract() {}

  @Test
  void timeoutCancelsTheBodyAndWaitsForItsEnd() {
    loop.runSync(
        () -> {
          Future<String> limited =
              Gen.timeout(
                  Duration.ofMillis(1),
                  () -> {
                    try {
                      await(sleep(Duration.ofHours(1)));
                      return "never";
                    } finally {
                      await(sleep(Duration.ofMillis(1)));
                      events.add("unwound");
                    }
                  });
          assertThatThrownBy(() -> await(limited)).isInstanceOf(LoopTimeoutException.class);
          events.add("timeout");
          events.add(await(Gen.timeout(Duration.ofHours(1), () -> "in time")));
        });
    assertThat(events).containsExactly("unwound", "timeout", "in time");
  }

  @Test
  void runSyncThatTimesOutUnwindsItsBody() {
    assertThatThrownBy(
            () ->
                loop.runSync(
                    Duration.ofMillis(1),
                    () -> {
                      try {
                        await(new Future<>());
                      } finally {
                        events.add("finally");
                        await(sleep(Duration.ofMillis(1)));
                        events.add("unwound");
                      }
                    }))
        .isInstanceOf(LoopTimeoutException.class);
    assertThat(events).containsExactly("finally", "unwound");
  }

  @Test
  void closeUnwindsWhatIsSuspended() {
    loop.makeCurrent();
    List<Future<String>> futures =
        List.of(
            waiter("plain", new Future<>()),
            waiter("sleep", sleep(Duration.ofHours(1))),
            waiter("moment", moment));
    Future<String> inner = waiter("inner", new Future<>());
    Future<String> outer = waiter("outer", inner);
    loop.close();
    assertThat(events)
        .contains("plain finally", "sleep finally", "moment finally")
        .contains("inner finally", "outer finally")
        .doesNotContain("plain resumed", "sleep resumed", "moment resumed");
    assertThat(futures).allMatch(Future::done);
    assertThat(inner.cancelled()).isTrue();
    assertThat(outer.cancelled()).isTrue();
  }

  // A server that closes a thousand loops must not wait for each.
  @Test
  void closeTakesNoLongerThanTheBodiesNeed() {
    loop.makeCurrent();
    coroutine(() -> waiter("a", new Future<>()));
    long start = System.nanoTime();
    loop.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  @Test
  void closeByAnotherThreadUnwindsWhatIsSuspended() throws Exception {
    loop.addCallback(() -> waiter("a", new Future<>()));
    runOneTurn();
    onOtherThread(
        () -> {
          loop.close();
          return null;
        });
    assertThat(events).containsExactly("a cancelled", "a finally");
  }

  @Test
  void closeEndsABodyThatGoesOnAwaiting() {
    loop.makeCurrent();
    Future<Void> stubborn =
        coroutine(
            () -> {
              try {
                await(new Future<>());
              } finally {
                try {
                  await(sleep(Duration.ofHours(1)));
                } finally {
                  events.add("ended");
                }
              }
            });
    loop.close();
    assertThat(events).containsExactly("ended");
    assertThat(stubborn.done()).isTrue();
  }

  /** Starts a coroutine that waits for ever, and runs {@code cleanUp} in its {@code finally}. */
  private Future<Void> cleansUp(Action cleanUp) {
    return coroutine(
        () -> {
          try {
            await(new Future<>());
          } finally {
            cleanUp.run();
          }
        });
  }

  /** Records the result of work on another thread, and of work below a time limit. */
  private void flush() throws Exception {
    events.add(await(loop.runInExecutor(() -> answer("flushed"))));
    Future<String> foreign = new Future<>();
    OtherThread.execute(() -> foreign.complete(answer("foreign")));
    events.add(await(foreign));
  }

  /** Answers so late that the closing thread already waits, unless the machine is very busy. */
  private static String answer(String answer) {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return answer;
  }

  @Test
  void closeHearsOtherThreads() {
    loop.makeCurrent();
    cleansUp(this::flush);
    loop.close();
    assertThat(events).containsExactly("flushed", "foreign");
  }

  @Test
  void closeOfALoopThatHasRunHearsOtherThreads() {
    loop.addCallback(() -> cleansUp(this::flush));
    runOneTurn();
    loop.close();
    assertThat(events).containsExactly("flushed", "foreign");
  }

  @Test
  void closeByAnotherThreadHearsOtherThreads() throws Exception {
    loop.addCallback(() -> cleansUp(this::flush));
    runOneTurn();
    onOtherThread(
        () -> {
          loop.close();
          return null;
        });
    assertThat(events).containsExactly("flushed", "foreign");
  }

  @Test
  void closeByAnInterruptedThreadWaitsAndKeepsTheInterrupt() throws Exception {
    loop.addCallback(() -> cleansUp(this::flush));
    runOneTurn();
    onOtherThread(
        () -> {
          Thread.currentThread().interrupt();
          loop.close();
          events.add(Thread.interrupted());
          return null;
        });
    assertThat(events).containsExactly("flushed", "foreign", true);
  }

  @Test
  void cleanUpMayStartCoroutines() {
    loop.makeCurrent();
    cleansUp(
        () -> {
          events.add(await(Gen.timeout(Duration.ofHours(1), () -> answerAfterATurn())));
          events.add(await(coroutine(() -> answerAfterATurn())));
        });
    loop.close();
    assertThat(events).containsExactly("answer", "answer");
  }

  private static String answerAfterATurn() {
    await(moment);
    return "answer";
  }

  @Test
  void coroutineThatHasNotBegunWhenTheLoopIsClosedNeverBegins() {
    loop.makeCurrent();
    cleansUp(() -> await(moment));
    Future<Object> spawned = loop.spawnCallback(() -> events.add("begun"));
    List<Future<?>> started = new ArrayList<>(List.of(spawned));
    loop.addCallback(
        () -> {
          events.add("callback");
          started.add(coroutine(() -> events.add("started by a callback")));
          started.add(loop.spawnCallback(() -> events.add("spawned by a callback")));
        });
    loop.close();
    assertThat(events).containsExactly("callback");
    assertThat(started).hasSize(3).allMatch(Future::cancelled);
  }

  private void respawn(int times, Supplier<Future<Object>> start) {
    start
        .get()
        .addDoneCallback(
            done -> {
              events.add(done.cancelled());
              if (times > 0) {
                respawn(times - 1, start);
              }
            });
  }

  // Far more than fit on the stack.
  @Test
  void coroutinesThatDoneCallbacksStartWhileClosingNeedNoStack() {
    loop.makeCurrent();
    respawn(20_000, () -> coroutine(() -> await(new Future<>())));
    respawn(20_000, () -> coroutine(() -> await(moment)));
    loop.close();
    assertThat(events).hasSize(40_002).containsOnly(true);
  }

  @Test
  void coroutinesThatDoneCallbacksSpawnWhileClosingNeedNoStack() {
    loop.makeCurrent();
    respawn(20_000, () -> loop.spawnCallback(() -> "never"));
    loop.close();
    assertThat(events).hasSize(20_001).containsOnly(true);
  }

  @Test
  void closeEndsWhereEachEndStartsAnotherCoroutine() {
    loop.makeCurrent();
    respawn(Integer.MAX_VALUE, () -> coroutine(() -> await(new Future<>())));
    respawn(Integer.MAX_VALUE, () -> loop.spawnCallback(() -> "never"));
    try (ExpectLog log = new ExpectLog("dev.ioloop", "started another one")) {
      loop.close();
      log.assertCount(1);
    }
    assertThat(loop.toString()).contains("closed");
    assertThat(events).hasSizeGreaterThan(20_000);
  }

  @Test
  void closeWhileClosingDoesNothing() throws Exception {
    loop.makeCurrent();
    Future<Void> first = cleansUp(() -> {});
    first.addDoneCallback(
        done -> {
          loop.close();
          events.add("closed in a done callback");
        });
    cleansUp(
        () -> {
          loop.close();
          await(moment);
          onOtherThread(
              () -> {
                loop.close(true);
                return null;
              });
          await(moment);
          events.add("unwound");
        });
    loop.addCallback(
        () -> {
          loop.close();
          events.add("closed in a callback");
        });
    loop.close();
    assertThat(events)
        .containsExactlyInAnyOrder("closed in a callback", "closed in a done callback", "unwound");
    assertThat(loop.toString()).contains("closed");
  }

  @Test
  void startAndRunSyncAreRefusedWhileClosing() {
    loop.makeCurrent();
    cleansUp(() -> await(moment));
    loop.addCallback(
        () -> {
          assertThatThrownBy(loop::start)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("start() of a closing loop");
          assertThatThrownBy(() -> loop.runSync(() -> "result"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("runSync() of a closing loop");
          loop.stop();
          events.add(loop.toString().contains("closing"));
        });
    loop.close();
    assertThat(events).containsExactly(true);
  }

  @Test
  void closeInACoroutineOfAStoppedLoopIsRefused() {
    loop.makeCurrent();
    Future<Void> coroutine = coroutine(() -> loop.close());
    assertThatThrownBy(coroutine::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in a coroutine");
    assertThat(loop.runSync(() -> "still open")).isEqualTo("still open");
  }

  @Test
  void closeInAGeneratorThatACoroutineRunsIsRefused() {
    loop.makeCurrent();
    Future<Integer> coroutine =
        coroutine(
            () ->
                Generator.<Integer, Void, Void>of(
                        generator -> {
                          loop.close();
                          generator.yield(1);
                          return null;
                        })
                    .next());
    assertThatThrownBy(coroutine::result)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in a coroutine");
    assertThat(loop.runSync(() -> "still open")).isEqualTo("still open");
  }

  @Test
  void closeInACoroutineOfAnotherLoopThatACoroutineStartsIsRefused() {
    loop.makeCurrent();
    try (IOLoop other = newLoop()) {
      Future<Void> outer =
          coroutine(
              () -> {
                other.makeCurrent();
                coroutine(() -> loop.close()).addDoneCallback(done -> events.add(done.exception()));
                loop.makeCurrent();
              });
      outer.result();
    }
    assertThat(events).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(loop.runSync(() -> "still open")).isEqualTo("still open");
  }

  @Test
  void loopIsClosedWhateverIsThrownWhileUnwinding() {
    loop.makeCurrent();
    Error fatal = new InternalError("on purpose");
    Future<Void> failing =
        cleansUp(
            () -> {
              throw fatal;
            });
    Future<Void> other = cleansUp(() -> await(moment));
    Future<Object> spawned = loop.spawnCallback(() -> "never");
    assertThatThrownBy(loop::close).isSameAs(fatal);
    assertThat(failing.exception()).isSameAs(fatal);
    assertThat(other.done()).isTrue();
    assertThat(spawned.cancelled()).isTrue();
    assertThat(IOLoop.current(false)).isNull();
    assertThatThrownBy(loop::start).hasMessageContaining("closed");
    loop.close();
  }

  @Test
  void contextOfTheClosingCodeStays() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    loop.makeCurrent();
    cleansUp(() -> await(moment));
    user.set("closer");
    loop.close();
    assertThat(user.get()).isEqualTo("closer");
  }

  @Test
  void oneOfSeveralThreadsThatCloseAtOnceUnwinds() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (IOLoop racing = newLoop()) {
        racing.makeCurrent();
        events.clear();
        cleansUp(() -> events.add("unwound"));
        IOLoop.clearCurrent();
        CyclicBarrier start = new CyclicBarrier(3);
        List<OtherThread<Void>> closers = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
          closers.add(
              OtherThread.run(
                  () -> {
                    start.await();
                    racing.close();
                  }));
        }
        for (OtherThread<Void> closer : closers) {
          closer.join();
        }
        assertThat(events).containsExactly("unwound");
      }
    }
  }

  // The loop's own thread posts like a foreign one while the loop is stopped.
  @Test
  void whatIsPostedWhileTheLoopIsClosedEnds() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (IOLoop racing = newLoop()) {
        Executor late = OtherThread::execute;
        List<Future<?>> futures = Collections.synchronizedList(new ArrayList<>());
        racing.runSync(() -> futures.add(racing.runInExecutor(late, () -> "work")));
        CountDownLatch posting = new CountDownLatch(2);
        OtherThread<Void> poster = OtherThread.run(() -> post(racing, futures, posting));
        OtherThread<Void> closer =
            OtherThread.run(
                () -> {
                  posting.await();
                  racing.close();
                });
        post(racing, futures, posting);
        poster.join();
        closer.join();
        for (Future<?> future : futures) {
          CountDownLatch done = new CountDownLatch(1);
          future.addDoneCallback(ended -> done.countDown());
          assertThat(done.await(4, TimeUnit.SECONDS)).as("ended").isTrue();
        }
      }
    }
  }

  private static void post(IOLoop loop, List<Future<?>> futures, CountDownLatch posting) {
    posting.countDown();
    for (int i = 0; i < 500; i++) {
      futures.add(loop.spawnCallback(() -> "result"));
    }
  }
}
