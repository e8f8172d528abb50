package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopStats;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.testing.VirtualTimePoller;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a virtual clock, polls and lags are the same in each run. */
@OnEachGenerator
final class VirtualStatsTest extends LoopContract {
  private final VirtualTimePoller poller = new VirtualTimePoller();

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", poller);
  }

  @Test
  void pollThatWaitsForATimeoutIsCounted() {
    runFor(Duration.ofSeconds(1));
    assertThat(loop.stats()).isEqualTo(new LoopStats(2, 0, 0, 0, 0, 1, 0, 0, 0));
  }

  @Test
  void lagIsByHowMuchATimeoutWasLate() {
    loop.callLater(Duration.ofMillis(1), record("late"));
    loop.callLater(Duration.ofMillis(3), record("less late"));
    loop.addCallback(() -> poller.advance(Duration.ofMillis(5)));
    runOneTurn();
    assertThat(loop.stats().worstLagNanos()).isZero();
    runOneTurn();
    assertThat(loop.stats().lastLagNanos()).isEqualTo(4_000_000);
    assertThat(loop.stats().worstLagNanos()).isEqualTo(4_000_000);
    runFor(Duration.ofMillis(1));
    assertThat(loop.stats().lastLagNanos()).isZero();
    assertThat(loop.stats().worstLagNanos()).isEqualTo(4_000_000);
    assertThat(events).containsExactly("late", "less late");
  }

  @Test
  void lagOfATimeoutThatWasDueWhenItWasAddedCountsFromThen() {
    for (long age : List.of(1L, Duration.ofDays(400).toNanos(), Long.MAX_VALUE)) {
      loop.addCallback(
          () -> {
            poller.advance(Duration.ofMillis(1));
            loop.callAt(loop.time() - age, record("due"));
            poller.advance(Duration.ofMillis(2));
            loop.callAt(loop.time() - age / 2, record("due"));
            poller.advance(Duration.ofMillis(3));
          });
      runOneTurn();
      runOneTurn();
      assertThat(loop.stats().lastLagNanos()).isEqualTo(5_000_000);
    }
    assertThat(loop.stats().worstLagNanos()).isEqualTo(5_000_000);
    assertThat(events).hasSize(6);
  }

  @Test
  void timeoutThatWasDueWhenItWasAddedHidesNoLag() {
    loop.callLater(Duration.ofMillis(1), record("late"));
    loop.addCallback(
        () -> {
          poller.advance(Duration.ofMillis(5));
          loop.callAt(loop.time() - Duration.ofDays(1).toNanos(), record("due"));
          poller.advance(Duration.ofMillis(2));
        });
    runOneTurn();
    runOneTurn();
    assertThat(loop.stats().worstLagNanos()).isEqualTo(6_000_000);
    assertThat(events).containsExactly("due", "late");
  }

  @Test
  void removedTimeoutThatWasDueWhenItWasAddedIsForgotten() {
    loop.addCallback(() -> loop.removeTimeout(loop.callAt(loop.time() - 1, record("never"))));
    runOneTurn();
    poller.advance(Duration.ofMillis(9));
    loop.addCallback(
        () -> {
          loop.callAt(loop.time() - 1, record("due"));
          poller.advance(Duration.ofMillis(1));
        });
    runOneTurn();
    runOneTurn();
    assertThat(loop.stats().worstLagNanos()).isEqualTo(1_000_000);
    assertThat(events).containsExactly("due");
  }

  private void postFromOtherThread(IOLoop to, Runnable callback) {
    try {
      onOtherThread(
          () -> {
            to.addCallback(callback);
            return null;
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callbackOfAnotherThreadIsNoWakeUpWhereTheLoopIsAwake() {
    loop.addCallback(() -> postFromOtherThread(loop, record("posted")));
    runOneTurn();
    runOneTurn();
    assertThat(loop.stats()).isEqualTo(new LoopStats(2, 4, 0, 0, 0, 0, 0, 0, 0));
    assertThat(events).containsExactly("posted");
  }

  @Test
  void callbackOfAnotherThreadIsAWakeUpWhereTheLoopSleeps() {
    IOLoop[] sleeping = new IOLoop[1];
    sleeping[0] =
        IOLoop.create(
            "woken", new WokenPoller(() -> postFromOtherThread(sleeping[0], sleeping[0]::stop)));
    try (IOLoop woken = sleeping[0]) {
      woken.start();
      assertThat(woken.stats()).isEqualTo(new LoopStats(2, 1, 0, 0, 0, 1, 1, 0, 0));
    }
  }

  /** Does something in the middle of each poll. */
  private record WokenPoller(Runnable inPoll, VirtualTimePoller poller) implements Poller {
    WokenPoller(Runnable inPoll) {
      this(inPoll, new VirtualTimePoller());
    }

    @Override
    public long nanoTime() {
      return poller.nanoTime();
    }

    @Override
    public int poll(long timeoutNanos) {
      inPoll.run();
      return poller.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      poller.wakeup();
    }

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      return poller.register(channel, events, handler);
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      return poller.register(fd, events, handler);
    }

    @Override
    public void close() {
      poller.close();
    }
  }
}
