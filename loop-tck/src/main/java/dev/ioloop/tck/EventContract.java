package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.locks.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events: which waiters continue, and when. */
@OnEachGenerator
public abstract class EventContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Event event = new Event();

  /** Made by subclasses. */
  protected EventContract() {}

  private Future<Void> waiter(String name) {
    return coroutine(
        () -> {
          await(event.await());
          events.add(name);
        });
  }

  // The example of the documentation. Tornado: test_event
  @Test
  void waitersGoOnInTheirOrderWhenItIsSet() {
    loop.runSync(
        () -> {
          Future<Void> first = waiter("first");
          Future<Void> second = waiter("second");
          await(moment);
          events.add("set");
          event.set();
          await(first);
          await(second);
        });
    assertThat(events).containsExactly("set", "first", "second");
    assertThat(event).hasToString("Event[set, waiting=0]");
  }

  @Test
  void nobodyWaitsWhileItIsSet() {
    assertThat(event.isSet()).isFalse();
    event.set();
    assertThat(event.isSet()).isTrue();
    loop.runSync(
        () -> {
          loop.addCallback(record("turn"));
          await(event.await());
          await(event.await(LONG));
          await(event.await(Duration.ZERO));
          events.add("went on");
        });
    assertThat(events).startsWith("went on");
  }

  // Tornado: test_event_set_multiple
  @Test
  void settingAgainChangesNothing() {
    event.set();
    event.set();
    assertThat(event.isSet()).isTrue();
    event.clear();
    event.clear();
    assertThat(event.isSet()).isFalse();
  }

  // Tornado: test_event_wait_clear
  @Test
  void whoWaitedGoesOnEvenIfItIsClearedRightAfter() {
    loop.runSync(
        () -> {
          Future<Void> early = waiter("early");
          event.set();
          event.clear();
          Future<Void> late = waiter("late");
          await(early);
          await(moment);
          assertThat(late.done()).isFalse();
          event.set();
          await(late);
        });
    assertThat(events).containsExactly("early", "late");
  }

  @Test
  void whoComesWhileOthersAreToldWaitsForTheNextTime() {
    Future<?>[] again = new Future<?>[1];
    event
        .await()
        .addDoneCallback(
            done -> {
              events.add("first");
              event.clear();
              again[0] = event.await();
            });
    event.await().addDoneCallback(done -> events.add("second"));
    event.set();
    assertThat(events).containsExactly("first", "second");
    assertThat(again[0].done()).isFalse();
    assertThat(event).hasToString("Event[not set, waiting=1]");
  }

  // Tornado: test_event_timeout
  @Test
  void waiterThatTimesOutFailsAndTheOthersStay() {
    loop.runSync(
        () -> {
          Future<Void> patient = event.await(LONG);
          assertThatThrownBy(() -> await(event.await(SHORT)))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("event not set after PT0.001S");
          assertThat(event).hasToString("Event[not set, waiting=1]");
          event.set();
          await(patient);
        });
    assertThat(event).hasToString("Event[set, waiting=0]");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  @Test
  void timeoutOfZeroOrLessDoesNotWait() {
    for (Duration now : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThat(event.await(now).exception()).isInstanceOf(LoopTimeoutException.class);
    }
    assertThat(event).hasToString("Event[not set, waiting=0]");
  }

  @Test
  void cancelledAndTimedOutWaitersLeaveNothingBehind() {
    loop.runSync(
        () -> {
          Future<Void> patient = event.await();
          for (int i = 0; i < 300; i++) {
            Future<Void> cancelled = waiter("never");
            cancelled.cancel(true);
            event.await(LONG).cancel(true);
            Future<Void> timed = event.await(Duration.ofNanos(1));
            assertThatThrownBy(() -> await(timed)).isInstanceOf(LoopTimeoutException.class);
            assertThat(cancelled.cancelled()).isTrue();
          }
          assertThat(event).hasToString("Event[not set, waiting=1]");
          assertThat(loop.toString()).contains("timeouts=0");
          event.set();
          await(patient);
        });
    assertThat(events).isEmpty();
  }

  @Test
  void timeoutMustBeGiven() {
    event.set();
    assertThatThrownBy(() -> event.await(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("timeout == null");
  }
}
