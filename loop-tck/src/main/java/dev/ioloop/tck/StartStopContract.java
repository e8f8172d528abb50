package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Starting, stopping, starting again and closing. */
@Needs({})
public abstract class StartStopContract extends LoopContract {

  /** Made by subclasses. */
  protected StartStopContract() {}

  @Test
  void stopInACallbackEndsTheLoopAfterTheRestOfTheTurn() {
    loop.addCallback(
        () -> {
          events.add("stop");
          loop.stop();
          loop.addCallback(record("next start"));
          loop.callAt(loop.time(), record("timeout of the next start"));
        });
    loop.addCallback(record("rest of the snapshot"));
    loop.callAt(loop.time(), record("due timeout"));
    loop.start();
    assertThat(events).containsExactly("stop", "rest of the snapshot", "due timeout");
    runOneTurn();
    assertThat(events.subList(3, 5)).containsExactly("next start", "timeout of the next start");
  }

  @Test
  void stopInATimeoutEndsTheLoopAfterTheOtherDueTimeouts() {
    long now = loop.time();
    loop.callAt(now - 1, loop::stop);
    loop.callAt(now, record("due timeout"));
    loop.callAt(now + 3_600_000_000_000L, record("pending timeout"));
    loop.start();
    assertThat(events).containsExactly("due timeout");
  }

  @Test
  void stopBeforeStartMakesThatStartReturnAtOnce() {
    loop.addCallback(record("callback"));
    loop.callAt(loop.time(), record("timeout"));
    loop.stop();
    loop.start();
    assertThat(events).isEmpty();
    runOneTurn();
    assertThat(events).containsExactly("callback", "timeout");
  }

  @Test
  void stopBeforeStartCountsOnce() {
    loop.stop();
    loop.stop();
    loop.start();
    loop.addCallback(record("callback"));
    runOneTurn();
    assertThat(events).containsExactly("callback");
  }

  @Test
  void secondStopInTheSameRunDoesNotReachTheNextStart() {
    loop.addCallback(loop::stop);
    loop.addCallback(loop::stop);
    loop.start();
    loop.addCallback(record("callback"));
    runOneTurn();
    assertThat(events).containsExactly("callback");
  }

  @Test
  void stopFromAnotherThreadWakesTheLoop() throws Exception {
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              while (!loop.running()) {
                Thread.onSpinWait();
              }
              loop.stop();
            });
    loop.start();
    other.join();
    assertThat(loop.running()).isFalse();
  }

  @Test
  void runningTellsWhetherStartIsUnderWay() {
    assertThat(loop.running()).isFalse();
    loop.addCallback(() -> events.add(loop.running()));
    runOneTurn();
    assertThat(events).containsExactly(true);
    assertThat(loop.running()).isFalse();
  }

  @Test
  void startAndRunSyncInARunningLoopAreRefused() {
    loop.addCallback(
        () -> {
          assertThatThrownBy(loop::start)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          assertThatThrownBy(() -> loop.runSync(() -> "result"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("await");
          events.add("refused");
        });
    runOneTurn();
    assertThat(events).containsExactly("refused");
  }

  @Test
  void anotherLoopCannotBeStartedInsideARunningLoop() {
    try (IOLoop other = newLoop()) {
      loop.addCallback(
          () -> {
            assertThatThrownBy(other::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("await");
            events.add("refused");
          });
      runOneTurn();
      assertThat(events).containsExactly("refused");
    }
  }

  @Test
  void startMakesTheLoopCurrentAndRestoresThePreviousOne() {
    try (IOLoop previous = newLoop()) {
      previous.makeCurrent();
      loop.addCallback(() -> events.add(IOLoop.current(false)));
      runOneTurn();
      assertThat(events).containsExactly(loop);
      assertThat(IOLoop.current(false)).isSameAs(previous);
      IOLoop.clearCurrent();
      runOneTurn();
      assertThat(IOLoop.current(false)).isNull();
    }
  }

  @Test
  void stoppedLoopMayBeStartedAgain() {
    for (int i = 0; i < 100; i++) {
      loop.addCallback(record(i));
      runOneTurn();
    }
    assertThat(events).hasSize(100).last().isEqualTo(99);
  }

  @Test
  void loopMayBeSetUpOnOneThreadAndFirstStartedOnAnother() throws Exception {
    loop.callLater(Duration.ZERO, record("timeout"));
    loop.addCallback(record("callback"));
    onOtherThread(
        () -> {
          runFor(Duration.ofMillis(1));
          return null;
        });
    assertThat(events).containsExactlyInAnyOrder("callback", "timeout");
  }

  @Test
  void laterStartOnAnotherThreadIsRefused() throws Exception {
    runOneTurn();
    onOtherThread(
        () -> {
          assertThatThrownBy(loop::start)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("thread");
          assertThatThrownBy(() -> loop.runSync(() -> "result"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("thread");
          return null;
        });
    loop.addCallback(record("still works here"));
    runOneTurn();
    assertThat(events).containsExactly("still works here");
  }

  @Test
  void closeOfARunningLoopIsRefused() {
    loop.addCallback(
        () -> {
          assertThatThrownBy(loop::close)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("stop");
          events.add("refused");
        });
    runOneTurn();
    loop.addCallback(record("goes on"));
    runOneTurn();
    assertThat(events).containsExactly("refused", "goes on");
  }

  @Test
  void closeTwiceDoesNothing() {
    runOneTurn();
    loop.close();
    assertThatCode(loop::close).doesNotThrowAnyException();
  }

  @Test
  void loopThatNeverRanMayBeClosedByAnyThread() throws Exception {
    onOtherThread(
        () -> {
          loop.close();
          return null;
        });
    assertThatThrownBy(loop::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void stoppedLoopMayBeClosedByAnotherThread() throws Exception {
    runOneTurn();
    onOtherThread(
        () -> {
          loop.close();
          return null;
        });
    assertThatThrownBy(loop::start).isInstanceOf(IllegalStateException.class);
  }

  // Threads race with shutdown, so a late post is dropped silently.
  @Test
  void whatIsPostedAfterCloseIsDropped() throws Exception {
    loop.close();
    for (int i = 0; i < 2; i++) {
      Runnable post =
          () -> {
            loop.addCallback(record("callback"));
            loop.addCallbackFromSignal(record("callback from signal"));
            loop.execute(record("task"));
            loop.stop();
          };
      post.run();
      onOtherThread(
          () -> {
            post.run();
            return null;
          });
    }
    assertThat(events).isEmpty();
  }

  @Test
  void callbacksQueuedAtCloseAreDropped() {
    loop.addCallback(record("callback"));
    loop.callAt(loop.time(), record("timeout"));
    loop.close();
    assertThat(events).isEmpty();
  }

  @Test
  void useAfterCloseIsRefusedWithTheReason() {
    loop.close();
    assertThatThrownBy(loop::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> loop.runSync(() -> "result"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> loop.callLater(Duration.ZERO, record("never")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> loop.callAt(0, record("never")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void closedLoopIsNoLongerCurrent() {
    loop.makeCurrent();
    loop.close();
    assertThat(IOLoop.current(false)).isNull();
  }

  @Test
  void oneOfTwoThreadsThatStartAtOnceRunsTheLoop() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (IOLoop racing = newLoop()) {
        CyclicBarrier start = new CyclicBarrier(2);
        AtomicInteger refused = new AtomicInteger();
        Callable<Void> starter =
            () -> {
              start.await();
              try {
                racing.start();
              } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("thread");
                refused.incrementAndGet();
                racing.stop();
              }
              return null;
            };
        OtherThread<Void> one = OtherThread.start(starter);
        OtherThread<Void> two = OtherThread.start(starter);
        one.join();
        two.join();
        assertThat(refused).hasValue(1);
        assertThat(racing.running()).isFalse();
      }
    }
  }
}
