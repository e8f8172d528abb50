package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.LoopStats;
import dev.ioloop.Timeout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The counters of a loop. */
@OnEachGenerator
public abstract class StatsContract extends LoopContract {

  /** Made by subclasses. */
  protected StatsContract() {}

  @Test
  void loopThatHasDoneNothingCountsNothing() {
    assertThat(loop.stats()).isEqualTo(new LoopStats(0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void turnThatStopsTheLoopIsCountedAndIsFollowedByNoPoll() {
    loop.addCallback(record("callback"));
    runOneTurn();
    assertThat(loop.stats()).isEqualTo(new LoopStats(1, 2, 0, 0, 0, 0, 0, 0, 0));
    runOneTurn();
    assertThat(loop.stats()).isEqualTo(new LoopStats(2, 3, 0, 0, 0, 0, 0, 0, 0));
    assertThat(events).containsExactly("callback");
  }

  @Test
  void callbackIsQueuedUntilItsIterationHasEnded() throws Exception {
    for (int i = 0; i < 300; i++) {
      loop.addCallback(record(i));
    }
    onOtherThread(
        () -> {
          loop.addCallback(record("posted"));
          return null;
        });
    assertThat(loop.stats().callbacksQueued()).isEqualTo(301);
    loop.addCallback(() -> events.add(loop.stats().callbacksQueued()));
    runOneTurn();
    assertThat(events).hasSize(302).endsWith("posted", 303);
    assertThat(loop.stats().callbacksQueued()).isZero();
  }

  // Its beginning and its resumption are callbacks, and between the two lies a poll.
  @Test
  void resumptionCountsAsACallback() {
    loop.runSync(() -> await(moment));
    assertThat(loop.stats()).isEqualTo(new LoopStats(2, 2, 0, 0, 0, 1, 0, 0, 0));
  }

  @Test
  void awaitOfADoneFutureCountsNothing() {
    loop.runSync(
        () -> {
          for (int i = 0; i < 100; i++) {
            await(Future.succeeded("done"));
          }
        });
    assertThat(loop.stats()).isEqualTo(new LoopStats(1, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void timeoutIsPendingUntilItFiresOrIsRemoved() {
    loop.makeCurrent();
    Timeout removed = loop.callLater(Duration.ofHours(1), record("never"));
    Future<Void> nap = sleep(Duration.ofHours(1));
    loop.callLater(Duration.ZERO, () -> events.add(loop.stats().timeoutsPending()));
    events.add(loop.stats().timeoutsPending());
    loop.removeTimeout(removed);
    events.add(loop.stats().timeoutsPending());
    loop.removeTimeout(removed);
    runOneTurn();
    nap.cancel(true);
    events.add(loop.stats().timeoutsPending());
    assertThat(events).containsExactly(3, 2, 1, 0);
  }

  @Test
  void coroutineIsSuspendedWhileItWaits() {
    loop.makeCurrent();
    Future<Void> gate = new Future<>();
    coroutine(() -> events.add("ended at once"));
    coroutine(() -> await(gate));
    coroutine(() -> await(gate));
    events.add(loop.stats().coroutinesSuspended());
    gate.setResult(null);
    runOneTurn();
    events.add(loop.stats().coroutinesSuspended());
    assertThat(events).containsExactly("ended at once", 2, 0);
  }

  // It is not waiting: it is the one that asks.
  @Test
  void coroutineThatRunsIsNotSuspended() {
    loop.runSync(
        () -> {
          events.add(loop.stats().coroutinesSuspended());
          await(moment);
          events.add(loop.stats().coroutinesSuspended());
        });
    assertThat(events).containsExactly(0, 0);
  }

  @Test
  void otherThreadMayAsk() throws Exception {
    runOneTurn();
    assertThat(onOtherThread(loop::stats)).isEqualTo(new LoopStats(1, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void numbersOutliveTheLoop() {
    runOneTurn();
    loop.close();
    assertThat(loop.stats()).isEqualTo(new LoopStats(1, 1, 0, 0, 0, 0, 0, 0, 0));
  }
}
