package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.locks.Condition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conditions: the waiters that a signal reaches. */
@OnEachGenerator
public abstract class ConditionContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Condition condition = new Condition();

  /** Made by subclasses. */
  protected ConditionContract() {}

  /** Waits, and records its name and the result. */
  private Future<Boolean> listen(String name) {
    return listen(name, condition.await());
  }

  private Future<Boolean> listen(String name, Future<Boolean> told) {
    told.addDoneCallback(
        done -> events.add(done.cancelled() ? name + " cancelled" : name + " " + done.result()));
    return told;
  }

  // The example of the documentation.
  @Test
  void coroutineLooksAgainWhenItIsTold() {
    int[] balance = new int[1];
    loop.runSync(
        () -> {
          Future<Void> buyer =
              coroutine(
                  () -> {
                    while (balance[0] < 10) {
                      events.add("waits at " + balance[0]);
                      await(condition.await());
                    }
                    balance[0] -= 10;
                  });
          for (int i = 0; i < 2; i++) {
            await(sleep(SHORT));
            balance[0] += 5;
            condition.signalAll();
          }
          await(buyer);
        });
    assertThat(events).containsExactly("waits at 0", "waits at 5");
    assertThat(balance[0]).isZero();
  }

  @Test
  void signalWithoutWaitersIsLost() {
    condition.signal();
    condition.signal(5);
    condition.signalAll();
    listen("a");
    assertThat(events).isEmpty();
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  // Tornado: test_notify, test_notify_1
  @Test
  void signalReachesTheOneThatHasWaitedLongest() {
    List.of("a", "b", "c").forEach(this::listen);
    condition.signal();
    events.add("signal");
    condition.signal();
    assertThat(events).containsExactly("a true", "signal", "b true");
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  // Tornado: test_notify_n
  @Test
  void signalReachesAsManyAsItSays() {
    List.of("a", "b", "c", "d", "e").forEach(this::listen);
    condition.signal(0);
    condition.signal(2);
    events.add("signal");
    condition.signal(Integer.MAX_VALUE);
    assertThat(events).containsExactly("a true", "b true", "signal", "c true", "d true", "e true");
  }

  // Tornado: test_notify_all
  @Test
  void signalAllReachesAllWhoWaitNow() {
    List.of("a", "b", "c").forEach(this::listen);
    condition.signalAll();
    listen("d");
    assertThat(events).containsExactly("a true", "b true", "c true");
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  // Tornado: test_wait_timeout, test_notify_n_with_timeout
  @Test
  void waiterThatTimesOutIsToldFalseAndDoesNotCount() {
    loop.runSync(
        () -> {
          listen("a");
          Future<Boolean> timed = listen("b", condition.await(SHORT));
          listen("c", condition.await(LONG));
          listen("d");
          events.add(await(timed));
          assertThat(condition).hasToString("Condition[waiting=3]");
          condition.signal(2);
        });
    assertThat(events).containsExactly("b false", false, "a true", "c true");
    assertThat(condition).hasToString("Condition[waiting=1]");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  // Tornado: test_wait_timeout_preempted
  @Test
  void waiterThatWasToldTimesOutNoMore() {
    loop.runSync(
        () -> {
          Future<Boolean> timed = listen("a", condition.await(SHORT));
          condition.signal();
          await(sleep(SHORT.multipliedBy(3)));
          events.add(await(timed));
        });
    assertThat(events).containsExactly("a true", true);
  }

  @Test
  void timeoutOfZeroOrLessGivesFalseAtOnce() {
    for (Duration now : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      events.add(condition.await(now).result());
    }
    assertThat(events).containsExactly(false, false);
    assertThat(condition).hasToString("Condition[waiting=0]");
  }

  @Test
  void cancelledWaiterDoesNotCount() {
    loop.runSync(
        () -> {
          listen("a");
          Future<Boolean> cancelled = coroutine(() -> await(condition.await()));
          listen("c");
          cancelled.cancel(true);
          condition.signal(2);
          await(moment);
          events.add(cancelled.cancelled());
        });
    assertThat(events).containsExactly("a true", "c true", true);
  }

  // Tornado: test_nested_notify
  @Test
  void waitersAreChosenBeforeTheFirstIsTold() {
    listen("a").addDoneCallback(done -> condition.signal());
    listen("b");
    listen("c");
    listen("d");
    condition.signal(2);
    assertThat(events).containsExactly("a true", "c true", "b true");
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  @Test
  void whoWaitsAgainWhileOthersAreToldWaitsForTheNextSignal() {
    listen("a").addDoneCallback(done -> listen("a again"));
    listen("b");
    condition.signalAll();
    assertThat(events).containsExactly("a true", "b true");
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  @Test
  void signalToOneThatIsCancelledMeanwhilePassesOn() {
    Future<Boolean> first = listen("a");
    Future<Boolean> cancelled = listen("b");
    listen("c");
    listen("d");
    first.addDoneCallback(done -> cancelled.cancel(true));
    condition.signal(2);
    assertThat(events).containsExactly("a true", "b cancelled", "c true");
    assertThat(condition).hasToString("Condition[waiting=1]");
  }

  // Tornado: test_garbage_collection
  @Test
  void shortWaitsLeaveNothingBehind() {
    loop.runSync(
        () -> {
          for (int i = 0; i < 300; i++) {
            assertThat(await(condition.await(Duration.ofNanos(1)))).isFalse();
            condition.await(LONG).cancel(true);
          }
        });
    assertThat(condition).hasToString("Condition[waiting=0]");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> condition.signal(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n < 0: -1");
    assertThatThrownBy(() -> condition.await(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("timeout == null");
  }
}
