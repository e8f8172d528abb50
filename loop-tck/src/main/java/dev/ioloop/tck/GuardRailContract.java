package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What would block a loop or run it twice is refused, with a text that says what to do instead. */
@OnEachGenerator
public abstract class GuardRailContract extends LoopContract {

  /** Made by subclasses. */
  protected GuardRailContract() {}

  private void assertRefused(ThrowingCallable call, String remedy) {
    assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining(remedy);
    events.add("refused");
  }

  private void assertBlockingIsRefused(CompletableFuture<?> pending) {
    assertRefused(pending::get, "await(..)");
    assertRefused(() -> pending.get(1, TimeUnit.NANOSECONDS), "await(..)");
    assertRefused(pending::join, "await(..)");
  }

  @Test
  void blockingOnAPendingFutureIsRefusedInEverySegmentOfACoroutine() {
    loop.runSync(
        () -> {
          assertBlockingIsRefused(new Future<>());
          await(moment);
          assertBlockingIsRefused(coroutine(() -> await(sleep(Duration.ZERO))));
        });
    assertThat(events).hasSize(6).containsOnly("refused");
  }

  @Test
  void blockingOnAPendingFutureIsRefusedInTimeoutsAndDoneCallbacks() {
    Future<Void> pending = new Future<>();
    Future<Void> done = new Future<>();
    done.addDoneCallback(ended -> assertBlockingIsRefused(pending));
    loop.callLater(Duration.ZERO, () -> assertBlockingIsRefused(pending));
    loop.addCallback(() -> done.setResult(null));
    runOneTurn();
    assertThat(events).hasSize(6).containsOnly("refused");
  }

  @Test
  void blockingOnAPendingFutureIsRefusedInAGeneratorThatACoroutineDrives() {
    loop.runSync(
        () -> {
          Generator<String, Void, Void> generator =
              Generator.of(
                  g -> {
                    assertBlockingIsRefused(new Future<>());
                    g.yield("first");
                    await(moment);
                    assertBlockingIsRefused(new Future<>());
                    return null;
                  });
          generator.next();
          generator.hasNext();
        });
    assertThat(events).hasSize(6).containsOnly("refused");
  }

  @Test
  void blockingOnADependentOfAPendingFutureIsRefusedToo() {
    loop.runSync(
        () -> {
          Future<String> pending = new Future<>();
          assertBlockingIsRefused(pending.thenApply(value -> value));
          assertBlockingIsRefused(pending.copy());
          assertBlockingIsRefused(pending.thenCombine(new Future<>(), (a, b) -> a));
        });
    assertThat(events).hasSize(9).containsOnly("refused");
  }

  @Test
  void futureThatIsDoneMayBeAsked() {
    loop.runSync(
        () -> {
          Future<String> done = Future.succeeded("result");
          events.add(done.get());
          events.add(done.get(0, TimeUnit.SECONDS));
          events.add(done.join());
          events.add(done.thenApply(String::length).join());
          events.add(new Future<String>().getNow("not yet"));
        });
    assertThat(events).containsExactly("result", "result", "result", 6, "not yet");
  }

  @Test
  void threadWithoutALoopMayBlockWithALimit() throws Exception {
    Future<String> pending = new Future<>();
    assertThatThrownBy(() -> pending.get(1, TimeUnit.NANOSECONDS))
        .isInstanceOf(TimeoutException.class);
    loop.addCallback(() -> pending.setResult("result"));
    OtherThread<String> other = OtherThread.start(() -> pending.get(1, TimeUnit.HOURS));
    runOneTurn();
    assertThat(other.join()).isEqualTo("result");
  }

  @Test
  void everyWayOfStartingALoopIsRefusedInACoroutine() {
    IOLoop other = newLoop();
    loop.runSync(
        () -> {
          await(moment);
          for (IOLoop refusing : List.of(loop, other)) {
            assertRefused(refusing::start, "await(..)");
            assertRefused(() -> refusing.runSync(() -> "body"), "await(..)");
            assertRefused(() -> refusing.runSync(Duration.ofHours(1), () -> "body"), "await(..)");
            assertRefused(() -> refusing.runMain(() -> events.add("body")), "await(..)");
          }
        });
    other.close();
    assertThat(events).hasSize(8).containsOnly("refused");
  }

  @Test
  void everyWayOfStartingALoopIsRefusedInACallback() {
    loop.addCallback(
        () -> {
          assertRefused(loop::start, "await(..)");
          assertRefused(() -> loop.runSync(() -> "body"), "await(..)");
          assertRefused(() -> loop.runMain(() -> events.add("body")), "await(..)");
        });
    runOneTurn();
    assertThat(events).hasSize(3).containsOnly("refused");
  }

  @Test
  void closeOfTheLoopItRunsOnIsRefusedInACoroutine() {
    loop.runSync(
        () -> {
          assertRefused(loop::close, "stop()");
          await(moment);
          assertRefused(() -> loop.close(true), "stop()");
        });
    assertThat(events).hasSize(2).containsOnly("refused");
  }

  @Test
  void stoppedLoopMayBeClosedInACoroutineOfAnother() {
    loop.runSync(
        () -> {
          try (IOLoop other = newLoop()) {
            other.addCallback(record("dropped"));
          }
          await(moment);
          events.add("goes on");
          events.add(IOLoop.current(false) == loop);
        });
    assertThat(events).containsExactly("goes on", true);
  }

  /** Calls {@code body} on a thread whose current loop runs on this one. */
  private void callOnForeignThread(Consumer<Future<String>> body) throws Exception {
    CountDownLatch current = new CountDownLatch(1);
    Future<String> pending = new Future<>();
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              loop.makeCurrent();
              current.countDown();
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              try {
                body.accept(pending);
              } finally {
                loop.stop();
              }
            });
    current.await();
    loop.start();
    other.join();
  }

  @Test
  void whatNeedsTheLoopsThreadIsRefusedOnAForeignOne() throws Exception {
    callOnForeignThread(
        pending -> {
          assertRefused(() -> coroutine(record("body")::run), "spawnCallback()");
          assertRefused(
              () -> Gen.timeout(Duration.ZERO, (Action) record("body")::run), "spawnCallback()");
          assertRefused(() -> sleep(Duration.ZERO), "addCallback()");
          assertRefused(() -> withTimeout(Duration.ZERO, pending), "addCallback()");
          assertRefused(() -> loop.runInExecutor(record("task")::run), "addCallback()");
          assertRefused(() -> loop.addFuture(pending, done -> {}), "addCallback()");
        });
    assertThat(events).hasSize(6).containsOnly("refused");
  }

  @Test
  void awaitOnAForeignThreadIsRefusedAndNamesTheWaysToWait() throws Exception {
    callOnForeignThread(
        pending -> {
          assertRefused(() -> await(pending), "runSync");
          assertRefused(() -> await(pending), "coroutine(");
        });
    assertThat(events).hasSize(2).containsOnly("refused");
  }

  @Test
  void refusalLeavesTheLoopAsItWas() {
    Future<String> pending = new Future<>();
    loop.runSync(
        () -> {
          assertRefused(pending::join, "await(..)");
          assertRefused(loop::start, "await(..)");
          loop.addCallback(() -> pending.setResult("result"));
          events.add(await(pending));
        });
    events.add(loop.running());
    events.add(IOLoop.current(false) == null);
    assertThat(events).containsExactly("refused", "refused", "result", false, true);
  }
}
