package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.timeout;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.PeriodicCallback;
import dev.ioloop.Timeout;
import dev.ioloop.locks.Condition;
import dev.ioloop.locks.Event;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Semaphore;
import dev.ioloop.queues.Queue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Timeouts: when they run, in what order, and what removing them does. */
@Needs({})
public abstract class TimeoutContract extends LoopContract {

  /** Made by subclasses. */
  protected TimeoutContract() {}

  @Test
  void dueTimeoutsRunAfterTheCallbacksInTheOrderOfTheirDeadlines() {
    long now = loop.time();
    loop.callAt(now - 1, record("second"));
    loop.callAt(now - 3, record("first"));
    loop.callAt(now, record("third"));
    loop.addCallback(record("callback"));
    runOneTurn();
    assertThat(events).containsExactly("callback", "first", "second", "third");
  }

  @Test
  void timeoutsWithEqualDeadlinesRunInTheOrderTheyWereAdded() {
    long deadline = loop.time();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      loop.callAt(deadline, record(i));
      expected.add(i);
    }
    runOneTurn();
    assertThat(events).isEqualTo(expected);
  }

  @Test
  void timesAtBothEndsAreAHundredYearsAway() {
    long century = Duration.ofDays(36_500).toNanos();
    long before = loop.time();
    assumeTrue(
        Math.abs(before) < Long.MAX_VALUE - century,
        "the ends are far away only for a clock that does not overflow within a century");
    Timeout first = loop.callAt(Long.MIN_VALUE, record("MIN"));
    loop.callAt(Long.MIN_VALUE + 1, record("MIN + 1"));
    loop.callAt(Long.MIN_VALUE, record("MIN again"));
    loop.callAt(loop.time() - 1, record("past"));
    Timeout last = loop.callAt(Long.MAX_VALUE, record("never"));
    Timeout later = loop.callAt(Long.MAX_VALUE - 1, record("never"));
    assertThat(first.deadline() - before).isBetween(-century, -century + 60_000_000_000L);
    assertThat(last.deadline() - before).isBetween(century, century + 60_000_000_000L);
    assertThat(later.deadline() - last.deadline()).isNotNegative();
    runOneTurn();
    assertThat(events).containsExactly("MIN", "MIN + 1", "MIN again", "past");
    loop.removeTimeout(last);
    loop.removeTimeout(later);
  }

  @Test
  void manyTimeoutsRunInTheOrderOfTheirDeadlines() {
    Random random = new Random(42);
    long now = loop.time();
    List<Long> deadlines = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      long deadline = now - random.nextInt(1_000_000);
      deadlines.add(deadline);
      loop.callAt(deadline, record(deadline));
    }
    runOneTurn();
    deadlines.sort((a, b) -> Long.compare(a - now, b - now));
    assertThat(events).isEqualTo(deadlines);
  }

  @Test
  void timeoutAddedByACallbackRunsInALaterTurnThoughItsDeadlineIsPast() {
    loop.addCallback(
        () -> {
          loop.callAt(loop.time() - 1_000_000, recordAndStopAt(6, "past"));
          loop.callLater(Duration.ZERO, recordAndStopAt(6, "zero"));
          loop.callLater(Duration.ofNanos(-1), recordAndStopAt(6, "negative"));
          loop.addCallback(record("next turn"));
          events.add("added");
        });
    loop.addCallback(record("same turn"));
    loop.start();
    assertThat(events.subList(0, 3)).containsExactly("added", "same turn", "next turn");
    assertThat(events.subList(3, 6)).containsExactlyInAnyOrder("past", "zero", "negative");
  }

  // The first bug of Deft, a Java server modelled on Tornado
  @Test
  void timeoutAddedByATimeoutRunsInALaterTurnThoughItsDeadlineIsPast() {
    loop.callAt(
        loop.time() - 2,
        () -> {
          events.add("first");
          loop.callAt(loop.time() - 1_000_000, recordAndStopAt(4, "past"));
          loop.addCallback(record("next turn"));
        });
    loop.callAt(loop.time() - 1, record("second"));
    loop.start();
    assertThat(events).containsExactly("first", "second", "next turn", "past");
  }

  @Test
  void timeoutNeverRunsEarly() {
    for (int micros : new int[] {1, 100, 999, 1_000, 1_001, 1_500, 2_999}) {
      Duration delay = Duration.ofNanos(micros * 1_000L + 1);
      long start = loop.time();
      loop.callLater(
          delay,
          () -> {
            assertThat(loop.time() - start).isGreaterThanOrEqualTo(delay.toNanos());
            events.add(micros);
          });
    }
    runFor(Duration.ofMillis(4));
    assertThat(events).containsExactly(1, 100, 999, 1_000, 1_001, 1_500, 2_999);
  }

  @Test
  void deadlineIsTheClockPlusTheDelay() {
    long before = loop.time();
    Timeout later = loop.callLater(Duration.ofSeconds(1), record("never"));
    long after = loop.time();
    assertThat(later.deadline() - before).isGreaterThanOrEqualTo(1_000_000_000);
    assertThat(after + 1_000_000_000 - later.deadline()).isNotNegative();
    assertThat(loop.callAt(before + 5, record("never")).deadline()).isEqualTo(before + 5);
  }

  @Test
  void timeoutRemovedByACallbackOfTheSameTurnDoesNotRun() {
    Timeout timeout = loop.callAt(loop.time(), record("removed"));
    loop.callAt(loop.time(), record("kept"));
    loop.addCallback(() -> loop.removeTimeout(timeout));
    runOneTurn();
    assertThat(events).containsExactly("kept");
    assertThat(timeout.cancelled()).isTrue();
  }

  @Test
  void timeoutRemovedByAnEarlierTimeoutOfTheSameTurnDoesNotRun() {
    List<Timeout> timeouts = new ArrayList<>();
    long now = loop.time();
    loop.callAt(
        now - 2,
        () -> {
          events.add("first");
          timeouts.forEach(loop::removeTimeout);
        });
    timeouts.add(loop.callAt(now - 1, record("removed")));
    loop.callAt(now, record("third"));
    runOneTurn();
    assertThat(events).containsExactly("first", "third");
  }

  @Test
  void removingATimeoutOfAnotherLoopIsRefusedAndHarmsNeither() {
    try (IOLoop other = newLoop()) {
      Timeout foreign = other.callLater(Duration.ofHours(1), record("never"));
      loop.callAt(loop.time(), record("ours"));
      assertThatThrownBy(() -> loop.removeTimeout(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not added to " + loop);
      assertThat(foreign.cancelled()).isFalse();
      assertThat(other.stats().timeoutsPending()).isEqualTo(1);
      assertThat(loop.stats().timeoutsPending()).isEqualTo(1);
    }
    runOneTurn();
    assertThat(events).containsExactly("ours");
  }

  @Test
  void removingATimeoutTwiceOrAfterItRanDoesNothing() {
    Timeout ran = loop.callAt(loop.time(), record("ran"));
    Timeout removed = loop.callAt(loop.time(), record("removed"));
    assertThat(removed.cancelled()).isFalse();
    loop.removeTimeout(removed);
    loop.removeTimeout(removed);
    runOneTurn();
    loop.removeTimeout(ran);
    loop.removeTimeout(removed);
    runOneTurn();
    assertThat(events).containsExactly("ran");
    assertThat(ran.cancelled()).isFalse();
    assertThat(removed.cancelled()).isTrue();
  }

  @Test
  void timeoutMayRemoveItself() {
    List<Timeout> timeouts = new ArrayList<>();
    timeouts.add(
        loop.callAt(
            loop.time(),
            () -> {
              loop.removeTimeout(timeouts.get(0));
              events.add("ran");
            }));
    runOneTurn();
    runOneTurn();
    assertThat(events).containsExactly("ran");
  }

  // An endless chain must let the loop read the clock.
  @Test
  void endlessChainOfCallbacksDoesNotStarveTimeouts() {
    loop.callLater(Duration.ofMillis(1), loop::stop);
    loop.addCallback(
        new Runnable() {
          @Override
          public void run() {
            passTime();
            loop.addCallback(this);
          }
        });
    loop.start();
    assertThat(loop.running()).isFalse();
  }

  @Test
  void endlessDelayNeverRunsAndDisturbsNoOther() {
    loop.callLater(ChronoUnit.FOREVER.getDuration(), record("never"));
    loop.callLater(Duration.ofSeconds(Long.MIN_VALUE), record("long ago"));
    runFor(Duration.ofMillis(1));
    assertThat(events).containsExactly("long ago");
  }

  // The longest Duration has more nanoseconds than a long can hold.
  @Test
  void everyWaitMayBeEndless() {
    Duration endless = ChronoUnit.FOREVER.getDuration();
    Lock lock = new Lock();
    lock.acquire();
    Semaphore semaphore = new Semaphore(0);
    Event event = new Event();
    Condition condition = new Condition();
    Queue<String> empty = new Queue<>();
    Queue<String> full = new Queue<>(1);
    full.putNowait("item");
    loop.setBlockingLogThreshold(endless);
    loop.runSync(
        endless,
        () -> {
          PeriodicCallback beat = new PeriodicCallback(record("beat"), endless, 1);
          beat.start();
          List<Future<?>> waits =
              List.of(
                  sleep(endless),
                  withTimeout(endless, new Future<>()),
                  timeout(endless, () -> await(new Future<Object>())),
                  lock.acquire(endless),
                  semaphore.acquire(endless),
                  event.await(endless),
                  condition.await(endless),
                  empty.get(endless),
                  full.put("another", endless),
                  full.join(endless));
          await(sleep(Duration.ofMillis(1)));
          assertThat(waits).noneMatch(Future::isDone);
          waits.forEach(wait -> wait.cancel(true));
          beat.stop();
        });
    assertThat(events).isEmpty();
  }

  @Test
  void loopThatWaitsForAnEndlessDelayIsWoken() throws Exception {
    loop.callLater(ChronoUnit.FOREVER.getDuration(), record("a hundred years later"));
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              Thread.sleep(5); // The loop must wait in its poll.
              loop.stop();
            });
    loop.start();
    other.join();
    assertThat(loop.running()).isFalse();
  }

  @Test
  void aMillionTimeoutsMayBePendingAndBeRemoved() {
    Random random = new Random(42);
    long now = loop.time();
    List<Timeout> timeouts = new ArrayList<>(1_000_000);
    Runnable never = record("never");
    for (int i = 0; i < 1_000_000; i++) {
      timeouts.add(loop.callAt(now + 3_600_000_000_000L + random.nextInt(), never));
    }
    runFor(Duration.ofNanos(100_000));
    timeouts.forEach(loop::removeTimeout);
    runFor(Duration.ofNanos(100_000));
    assertThat(events).isEmpty();
  }

  // A server that sets and removes a timeout per request must not collect the removed ones.
  @Test
  void removedTimeoutsArePurged() throws InterruptedException {
    loop.callLater(Duration.ofHours(2), record("never"));
    List<WeakReference<Timeout>> removed = addAndRemove(100_000);
    runOneTurn();
    Garbage.collectUntil(
        () -> removed.stream().filter(timeout -> timeout.get() != null).count() < 1_000);
  }

  private List<WeakReference<Timeout>> addAndRemove(int count) {
    List<Timeout> timeouts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      timeouts.add(loop.callLater(Duration.ofHours(1), record("never")));
    }
    timeouts.forEach(loop::removeTimeout);
    return timeouts.stream().map(WeakReference::new).toList();
  }

  @Test
  void nullArgumentsAreRefusedAtTheCall() {
    assertThatThrownBy(() -> loop.callLater(null, record("never")))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("delay");
    assertThatThrownBy(() -> loop.callLater(Duration.ZERO, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    assertThatThrownBy(() -> loop.callAt(0, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    assertThatThrownBy(() -> loop.removeTimeout(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("timeout");
  }
}
