package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests when a loop polls without blocking before it blocks. */
final class SpinTest {

  private static final long MICROS = 1_000;

  /** A poller whose events come at times that a test sets. */
  private static final class Script implements Poller {
    private final Deque<Long> events = new ArrayDeque<>();
    private final List<String> polls = new ArrayList<>();
    private IOLoop loop;
    private long now;
    private int atOnce = 1;

    /** Has each of the next events come the given microseconds after the one before. */
    Script(long... gaps) {
      long time = 0;
      for (long gap : gaps) {
        time += gap * MICROS;
        events.add(time);
      }
    }

    List<String> run() {
      try (IOLoop scripted = IOLoop.create("script", this)) {
        loop = scripted;
        scripted.start();
      }
      return polls;
    }

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
      now += 10 * MICROS;
      if (timeoutNanos > 0) {
        now = Math.max(now, events.element());
      }
      boolean found = events.element() <= now;
      polls.add((timeoutNanos > 0 ? "wait" : "spin") + (found ? " found" : ""));
      if (found) {
        events.remove();
        if (events.isEmpty()) {
          loop.stop();
        }
      }
      return found ? atOnce : 0;
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

  @BeforeEach
  void assumeTwoProcessors() {
    Assumptions.assumeTrue(
        Runtime.getRuntime().availableProcessors() > 1, "on one processor no loop spins");
  }

  @Test
  void loopSpinsOnceAWaitWasShort() {
    assertThat(new Script(20, 20, 30).run())
        .containsExactly("wait found", "spin", "spin found", "spin", "spin", "spin found");
  }

  @Test
  void loopBlocksWhenSpinningFoundNothing() {
    assertThat(new Script(20, 200, 200, 20).run())
        .containsExactly(
            "wait found",
            "spin",
            "spin",
            "spin",
            "spin",
            "spin",
            "wait found",
            "wait found",
            "wait found");
  }

  @Test
  void loopLetsManyEventsGather() {
    Script script = new Script(20, 20, 20);
    script.atOnce = 4;
    assertThat(script.run()).containsExactly("wait found", "wait found", "wait found");
  }

  @Test
  void loopDoesNotSpinWhereWaitsAreLong() {
    assertThat(new Script(100, 100, 100).run())
        .containsExactly("wait found", "wait found", "wait found");
  }
}
