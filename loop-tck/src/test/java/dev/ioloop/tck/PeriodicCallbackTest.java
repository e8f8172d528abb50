package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.PeriodicCallback;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.VirtualTimePoller;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Periodic callbacks, in virtual time. Events are seconds since the start. */
final class PeriodicCallbackTest extends LoopContract {

  private final VirtualTimePoller poller = new VirtualTimePoller(Long.MAX_VALUE - 1_000_000_000);
  private long start;

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", poller);
  }

  @BeforeEach
  void noteTheStart() {
    start = loop.time();
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private void recordTime() {
    events.add((loop.time() - start) / 1_000_000_000);
  }

  private PeriodicCallback started(Runnable callback, Duration period) {
    loop.makeCurrent();
    PeriodicCallback periodic = new PeriodicCallback(callback, period);
    periodic.start();
    return periodic;
  }

  @Test
  void firstCallComesAfterOnePeriodAndTheOthersFollow() {
    started(this::recordTime, seconds(10));
    runFor(seconds(45));
    assertThat(events).containsExactly(10L, 20L, 30L, 40L);
  }

  @Test
  void missedBeatsAreSkippedAndThePhaseIsKept() {
    started(
        () -> {
          recordTime();
          poller.advance(seconds(25));
        },
        seconds(10));
    runFor(seconds(100));
    assertThat(events).containsExactly(10L, 40L, 70L, 100L);
  }

  // Tornado: test_overrun
  @Test
  void callThatEndsExactlyOnABeatSkipsIt() {
    long[] lasts = {9, 9, 10, 11, 20, 20, 35, 35, 0, 0};
    started(
        new Runnable() {
          private int call;

          @Override
          public void run() {
            recordTime();
            poller.advance(seconds(lasts[call++ % lasts.length]));
          }
        },
        seconds(10));
    runFor(seconds(239));
    assertThat(events).containsExactly(10L, 20L, 30L, 50L, 70L, 100L, 130L, 170L, 210L, 220L, 230L);
  }

  // Tornado: test_clock_backwards
  @Test
  void clockThatGoesBackwardsRepeatsNoBeat() {
    started(
        () -> {
          recordTime();
          if (events.size() == 1) {
            poller.advance(seconds(-100));
          }
        },
        seconds(10));
    loop.callAt(start + 45_000_000_000L, loop::stop);
    loop.start();
    assertThat(events).containsExactly(10L, 20L, 30L, 40L);
  }

  @Test
  void jitterIsAWindowCentredOnThePeriod() {
    loop.makeCurrent();
    long[] last = {start};
    long[] least = {Long.MAX_VALUE};
    long[] most = {0};
    PeriodicCallback periodic =
        new PeriodicCallback(
            () -> {
              long period = loop.time() - last[0];
              last[0] = loop.time();
              least[0] = Math.min(least[0], period);
              most[0] = Math.max(most[0], period);
              events.add("call");
            },
            Duration.ofMillis(100),
            0.5);
    periodic.start();
    runFor(seconds(100));
    assertThat(events).hasSizeBetween(900, 1100);
    // Among a thousand uniform draws from 75 to 125 ms, some are close to either end.
    assertThat(least[0]).isBetween(75_000_000L, 80_000_000L);
    assertThat(most[0]).isBetween(120_000_000L, 125_000_000L);
  }

  @Test
  void coroutineCallbackNeverOverlapsItself() {
    loop.makeCurrent();
    Callable<Future<Void>> body =
        () ->
            coroutine(
                () -> {
                  recordTime();
                  await(sleep(seconds(25)));
                  events.add("end");
                });
    new PeriodicCallback(body, seconds(10)).start();
    runFor(seconds(99));
    assertThat(events).containsExactly(10L, "end", 40L, "end", 70L, "end");
  }

  @Test
  void failureIsToldToTheExceptionHandlerAndTheBeatGoesOn() {
    RuntimeException failure = new RuntimeException("failed on purpose");
    loop.setExceptionHandler(
        (source, thrown) -> {
          events.add(source);
          events.add(thrown);
        });
    PeriodicCallback throwing =
        started(
            () -> {
              throw failure;
            },
            seconds(10));
    runFor(seconds(25));
    throwing.stop();
    Callable<Future<Void>> body =
        () ->
            coroutine(
                (Action)
                    () -> {
                      throw failure;
                    });
    PeriodicCallback failing = new PeriodicCallback(body, seconds(10));
    failing.start();
    runFor(seconds(25));
    assertThat(events)
        .containsExactly(throwing, failure, throwing, failure, failing, failure, failing, failure);
  }

  @Test
  void fatalErrorEndsTheBeatAndAnotherStartBeginsANew() {
    Error fatal = new InternalError("on purpose");
    PeriodicCallback throwing =
        started(
            () -> {
              recordTime();
              if (events.size() == 1) {
                throw fatal;
              }
            },
            seconds(10));
    assertThatThrownBy(() -> runFor(seconds(25))).isSameAs(fatal);
    assertThat(throwing.isRunning()).isFalse();
    runFor(seconds(25));
    assertThat(events).containsExactly(10L);
    loop.makeCurrent();
    throwing.start();
    runFor(seconds(15));
    assertThat(throwing.isRunning()).isTrue();
    assertThat(events).hasSize(2);
    loop.close();
    assertThat(throwing.isRunning()).isFalse();
  }

  @Test
  void fatalErrorOfACoroutineCallbackEndsTheBeat() {
    Error fatal = new InternalError("on purpose");
    Callable<Future<Void>> body =
        () -> {
          Future<Void> failing = new Future<>();
          loop.callLater(seconds(1), () -> failing.completeExceptionally(fatal));
          return failing;
        };
    loop.makeCurrent();
    PeriodicCallback failing = new PeriodicCallback(body, seconds(10));
    failing.start();
    assertThatThrownBy(() -> runFor(seconds(25))).isSameAs(fatal);
    assertThat(failing.isRunning()).isFalse();
  }

  @Test
  void failureIsLoggedByDefault() {
    started(
        () -> {
          throw new RuntimeException("failed on purpose");
        },
        seconds(10));
    try (ExpectLog log = expectLog("Exception in")) {
      runFor(seconds(25));
      log.assertCount(2);
    }
  }

  @Test
  void stopInsideAndOutsideACallEndsTheBeat() {
    PeriodicCallback[] periodic = new PeriodicCallback[1];
    periodic[0] =
        started(
            () -> {
              recordTime();
              if (events.size() == 3) {
                periodic[0].stop();
              }
            },
            seconds(10));
    PeriodicCallback other = started(record("other"), seconds(15));
    loop.callLater(seconds(20), other::stop);
    runFor(seconds(100));
    assertThat(events).containsExactly(10L, "other", 20L);
    assertThat(periodic[0].isRunning()).isFalse();
    assertThat(other.isRunning()).isFalse();
    other.stop();
  }

  @Test
  void startTwiceBeatsOnceAndAStoppedOneMayStartAgain() {
    PeriodicCallback periodic = started(this::recordTime, seconds(10));
    periodic.start();
    assertThat(periodic.isRunning()).isTrue();
    runFor(seconds(15));
    periodic.stop();
    periodic.start();
    runFor(seconds(15));
    assertThat(events).containsExactly(10L, 25L);
  }

  @Test
  void stopDuringACoroutineAndANewStartBeatOnce() {
    loop.makeCurrent();
    Callable<Future<Void>> body =
        () ->
            coroutine(
                () -> {
                  recordTime();
                  await(sleep(seconds(5)));
                });
    PeriodicCallback periodic = new PeriodicCallback(body, seconds(10));
    periodic.start();
    loop.callLater(seconds(12), periodic::stop);
    loop.callLater(seconds(13), periodic::start);
    runFor(seconds(45));
    assertThat(events).containsExactly(10L, 23L, 33L, 43L);
  }

  @Test
  void periodMustBePositiveAndJitterAFraction() {
    for (Duration bad : new Duration[] {Duration.ZERO, seconds(-1)}) {
      assertThatThrownBy(() -> new PeriodicCallback(record("never"), bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("period");
    }
    for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new PeriodicCallback(record("never"), seconds(1), bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("jitter");
    }
  }
}
