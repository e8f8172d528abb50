package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often a loop polls in real time: between callbacks, and for timeouts. */
final class PollPaceTest {

  private static final long MICROS = 1_000;

  /** A poller that finds nothing, and records the time and the wait of each poll. */
  private static final class Clock implements Poller {
    private final List<Long> polls = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private long now;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public boolean mayBusyPoll() {
      return true;
    }

    @Override
    public int poll(long timeoutNanos) {
      polls.add(now);
      if (timeoutNanos > 0) {
        waits.add(timeoutNanos / MICROS);
        now += timeoutNanos;
      }
      return 0;
    }

    @Override
    public void wakeup() {}

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private final Clock clock = new Clock();

  /** Runs a callback that posts itself again, for a given number of times and a given length. */
  private void runChain(int times, long nanos) {
    try (IOLoop loop = IOLoop.create("clock", clock)) {
      int[] left = {times};
      loop.addCallback(
          new Runnable() {
            @Override
            public void run() {
              clock.now += nanos;
              if (--left[0] == 0) {
                loop.stop();
              } else {
                loop.addCallback(this);
              }
            }
          });
      loop.start();
    }
  }

  private long longestPause() {
    long longest = 0;
    for (int i = 1; i < clock.polls.size(); i++) {
      longest = Math.max(longest, clock.polls.get(i) - clock.polls.get(i - 1));
    }
    return longest;
  }

  @Test
  void shortCallbacksAreInterruptedByAPollEachTwentyFiveMicroseconds() {
    runChain(100_000, 10);
    assertThat(longestPause()).isBetween(25 * MICROS, 26 * MICROS);
    assertThat(clock.polls).hasSizeBetween(38, 60); // in a millisecond
  }

  @Test
  void longerCallbacksAreInterruptedAfterSixtyFour() {
    runChain(10_000, 700);
    assertThat(longestPause()).isLessThanOrEqualTo(65 * 700);
  }

  @Test
  void longCallbacksAreFollowedByAPollEach() {
    runChain(1_000, 60 * MICROS);
    assertThat(longestPause()).isLessThanOrEqualTo(2 * 60 * MICROS);
  }

  /** Adds timeouts that are due after the given microseconds, and runs until the last has fired. */
  private List<Long> runTimeouts(long... micros) {
    List<Long> fired = new ArrayList<>();
    try (IOLoop loop = IOLoop.create("clock", clock)) {
      for (long due : micros) {
        loop.callAt(due * MICROS, () -> fired.add(clock.now / MICROS));
      }
      loop.callAt(micros[micros.length - 1] * MICROS, loop::stop);
      loop.start();
    }
    return fired;
  }

  @Test
  void denseTimeoutsAreRunTogether() {
    assertThat(runTimeouts(10, 20, 30, 40, 50, 115, 400))
        .containsExactly(10L, 110L, 110L, 110L, 110L, 210L, 400L);
    assertThat(clock.waits).containsExactly(10L, 100L, 100L, 190L);
  }

  @Test
  void loneTimeoutsAreOnTime() {
    assertThat(runTimeouts(10, 200, 250, 1_000)).containsExactly(10L, 200L, 250L, 1_000L);
  }
}
