package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.named;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
final class VirtualTimePollerTest {

  private final List<Object> events = new ArrayList<>();

  @Test
  void clockMovesToTheNextTimeoutAndNoFurther() {
    VirtualTimePoller poller = new VirtualTimePoller(5);
    try (IOLoop loop = IOLoop.create("virtual", poller)) {
      loop.callLater(Duration.ofHours(1), () -> events.add(loop.time()));
      loop.callLater(Duration.ofHours(2), loop::stop);
      loop.start();
      events.add(loop.time());
    }
    assertThat(events).containsExactly(3_600_000_000_005L, 7_200_000_000_005L);
  }

  @Test
  void clockMayOverflow() {
    long start = Long.MAX_VALUE - 10;
    try (IOLoop loop = IOLoop.create("virtual", new VirtualTimePoller(start))) {
      loop.runSync(
          () -> {
            await(sleep(Duration.ofNanos(5)));
            events.add(loop.time() - start);
            await(sleep(Duration.ofNanos(10)));
            events.add(loop.time() - start);
          });
      assertThat(loop.time()).isNegative();
    }
    assertThat(events).containsExactly(5L, 15L);
  }

  @Test
  void advanceMovesTheClockOfACallbackThatTakesLong() {
    VirtualTimePoller poller = new VirtualTimePoller();
    try (IOLoop loop = IOLoop.create("virtual", poller)) {
      loop.callLater(Duration.ofSeconds(1), () -> events.add(loop.time()));
      loop.callLater(Duration.ofSeconds(2), loop::stop);
      loop.addCallback(() -> poller.advance(Duration.ofSeconds(10)));
      loop.start();
    }
    assertThat(events).containsExactly(10_000_000_000L);
  }

  @Test
  void advanceByMoreThanAHundredYearsCountsAsThat() {
    VirtualTimePoller poller = new VirtualTimePoller();
    poller.advance(ChronoUnit.FOREVER.getDuration());
    assertThat(poller.nanoTime()).isEqualTo(Duration.ofDays(36_500).toNanos());
    poller.advance(Duration.ofSeconds(Long.MIN_VALUE));
    assertThat(poller.nanoTime()).isZero();
  }

  @Test
  void otherThreadWakesALoopThatHasNothingToWaitFor() throws InterruptedException {
    try (IOLoop loop = Testing.virtualLoop()) {
      Thread other = new Thread(() -> loop.addCallback(loop::stop));
      loop.addCallback(other::start);
      loop.start();
      other.join();
      assertThat(loop.time()).isZero();
    }
  }

  @Test
  void loopThatNobodyWakesFailsWithAReason() {
    VirtualTimePoller impatient = new VirtualTimePoller(0, Duration.ofMillis(20));
    try (IOLoop loop = IOLoop.create("virtual", impatient)) {
      assertThatThrownBy(loop::start)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("nothing left to wait for");
      assertThat(loop.running()).isFalse();
    }
  }

  @Test
  void interruptNeitherEndsTheLoopNorMakesItSpin() {
    VirtualTimePoller poller = new VirtualTimePoller(0, Duration.ofMillis(20));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> poller.poll(Long.MAX_VALUE)).isInstanceOf(AssertionError.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void channelsAndDescriptorsAreRefusedWithTheWayOut() throws Exception {
    Pipe pipe = Pipe.open();
    try (IOLoop loop = Testing.virtualLoop()) {
      pipe.source().configureBlocking(false);
      assertThatThrownBy(() -> loop.addHandler(pipe.source(), events::add, IOLoop.READ))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("real backend");
      assertThatThrownBy(() -> loop.addHandler(0, events::add, IOLoop.READ))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("real backend");
    } finally {
      pipe.source().close();
      pipe.sink().close();
    }
  }

  @Test
  void dumpTellsHowLongACoroutineHasWaitedAfterMonths() {
    try (IOLoop loop = Testing.virtualLoop()) {
      loop.runSync(
          () -> {
            await(sleep(Duration.ofDays(20)));
            Future<Void> never = new Future<>();
            Future<Void> waits = coroutine(named("patient", () -> await(never)));
            await(sleep(Duration.ofDays(27).plusMinutes(1)));
            assertThat(loop.dump()).contains("\"patient\", suspended for 648 h");
            await(sleep(Duration.ofDays(3_650)));
            assertThat(loop.dump()).contains("\"patient\", suspended for 88248 h");
            never.complete(null);
            await(waits);
          });
    }
  }
}
