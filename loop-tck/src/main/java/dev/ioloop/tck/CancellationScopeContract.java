package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.shield;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What the cancellation of a coroutine is passed on to, and what it leaves alone. */
@OnEachGenerator
public abstract class CancellationScopeContract extends WaiterContract {

  /** Made by subclasses. */
  protected CancellationScopeContract() {}

  @Test
  void requestPassesOnToASleep() {
    loop.runSync(
        () -> {
          Future<Void> nap = sleep(Duration.ofHours(1));
          Future<String> future = waiter("a", nap);
          future.cancel(true);
          awaitEnd(future);
          events.add(nap.cancelled());
        });
    assertThat(events).containsExactly("a cancelled", "a finally", true);
  }

  @Test
  void requestPassesOnToACoroutineThatNobodyElseAwaits() {
    loop.runSync(
        () -> {
          Future<String> inner = waiter("inner", new Future<>());
          Future<String> outer = waiter("outer", inner);
          outer.cancel(true);
          awaitEnd(outer);
          events.add(inner.cancelled());
        });
    assertThat(events)
        .containsExactly(
            "inner cancelled", "inner finally", "outer cancelled", "outer finally", true);
  }

  @Test
  void coroutineWithAnotherAwaiterIsLeftAlone() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<String> inner = waiter("inner", data);
          Future<String> cancelled = waiter("cancelled one", inner);
          Future<String> other = waiter("other", inner);
          cancelled.cancel(true);
          awaitEnd(cancelled);
          events.add(inner.done());
          data.setResult("data");
          await(other);
        });
    assertThat(events)
        .containsExactly(
            "cancelled one cancelled",
            "cancelled one finally",
            false,
            "inner resumed",
            "inner finally",
            "other resumed",
            "other finally");
  }

  @Test
  void plainFutureIsLeftAlone() {
    loop.runSync(
        () -> {
          Future<String> plain = new Future<>();
          Future<String> future = waiter("a", plain);
          future.cancel(true);
          awaitEnd(future);
          events.add(plain.done());
          plain.setResult("late");
          await(moment);
        });
    assertThat(events).containsExactly("a cancelled", "a finally", false);
  }

  @Test
  void whatStandsBehindAShieldIsLeftAlone() {
    loop.runSync(
        () -> {
          Future<String> data = new Future<>();
          Future<String> inner = waiter("inner", data);
          Future<String> outer = waiter("outer", shield(inner));
          outer.cancel(true);
          awaitEnd(outer);
          events.add(inner.done());
          data.setResult("data");
          events.add(await(inner));
        });
    assertThat(events)
        .containsExactly(
            "outer cancelled", "outer finally", false, "inner resumed", "inner finally", "result");
  }

  @Test
  void cancellingTheShieldItselfLeavesTheInnerAlone() {
    loop.runSync(
        () -> {
          Future<String> inner = new Future<>();
          Future<String> outer = shield(inner);
          events.add(outer.cancel(true));
          events.add(inner.done());
        });
    assertThat(events).containsExactly(true, false);
  }

  @Test
  void shieldHandsTheOutcomeOn() {
    IOException failure = new IOException("failed on purpose");
    loop.runSync(
        () -> {
          Future<String> inner = new Future<>();
          loop.addCallback(() -> inner.setResult("result"));
          events.add(await(shield(inner)));
          Future<String> failed = new Future<>();
          loop.addCallback(() -> failed.setException(failure));
          assertThatThrownBy(() -> await(shield(failed))).isSameAs(failure);
        });
    assertThat(events).containsExactly("result");
  }

  @Test
  void requestInterruptsAnExecutorTask() {
    CountDownLatch started = new CountDownLatch(1);
    Future<String> interrupted = new Future<>();
    loop.runSync(
        () -> {
          Future<String> future =
              coroutine(
                  () ->
                      await(
                          loop.runInExecutor(
                              () -> {
                                started.countDown();
                                try {
                                  new CountDownLatch(1).await();
                                  return "never";
                                } catch (InterruptedException e) {
                                  interrupted.setResult("interrupted");
                                  throw e;
                                }
                              })));
          started.await();
          future.cancel(true);
          awaitEnd(future);
          events.add(future.cancelled());
          events.add(await(interrupted));
        });
    assertThat(events).containsExactly(true, "interrupted");
  }
}
