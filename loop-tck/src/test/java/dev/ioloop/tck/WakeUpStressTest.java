package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A loop that falls asleep and is woken tens of thousands of times, in order to hit the few
 * nanoseconds in which a wake-up could be lost. Its poller spins instead of blocking.
 *
 * <p>Verified with a broken variant that looks at the queue and then declares itself asleep, in two
 * steps: both tests fail.
 */
final class WakeUpStressTest extends LoopContract {

  private static final long LENGTH_NANOS = 800_000_000;

  private static final class SpinningPoller implements Poller {
    private volatile boolean woken;

    @Override
    public int poll(long timeoutNanos) {
      if (timeoutNanos > 0) {
        long start = System.nanoTime();
        while (!woken) {
          Thread.onSpinWait();
          if (System.nanoTime() - start > 2_000_000_000L) {
            throw new AssertionError("a wake-up was lost");
          }
        }
        woken = false;
      }
      return 0;
    }

    @Override
    public void wakeup() {
      woken = true;
    }

    @Override
    public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
      throw new IllegalArgumentException("no channels here");
    }

    @Override
    public Registration register(int fd, int events, ReadyHandler handler) {
      throw new UnsupportedOperationException("no descriptors here");
    }

    @Override
    public void close() {}
  }

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("spinning", new SpinningPoller());
  }

  private void awaitRunning() {
    while (!loop.running()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void noPostIsLostWhileTheLoopFallsAsleep() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    OtherThread<Integer> other =
        OtherThread.start(
            () -> {
              awaitRunning();
              int posted = 0;
              for (long start = System.nanoTime(); System.nanoTime() - start < LENGTH_NANOS; ) {
                // The clock is not read in between, because that alone would miss the moment.
                for (int i = 0; i < 200; i++) {
                  loop.addCallback(ran::incrementAndGet);
                  posted++;
                  while (ran.get() < posted && loop.running()) {
                    Thread.onSpinWait();
                  }
                  pause(8);
                }
              }
              loop.addCallback(loop::stop);
              return posted;
            });
    loop.start();
    assertThat(ran).hasValue(other.join());
  }

  // Nobody waits for an answer, so posts come in bursts and one by one.
  @Test
  void noPostIsLostInAStream() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    OtherThread<Integer> other =
        OtherThread.start(
            () -> {
              awaitRunning();
              int posted = 0;
              for (long start = System.nanoTime(); System.nanoTime() - start < LENGTH_NANOS; ) {
                loop.addCallback(ran::incrementAndGet);
                posted++;
                pause(20);
              }
              loop.addCallback(loop::stop);
              return posted;
            });
    loop.start();
    assertThat(ran).hasValue(other.join());
  }

  private static void pause(int bound) {
    for (int n = ThreadLocalRandom.current().nextInt(bound); n > 0; n--) {
      Thread.onSpinWait();
    }
  }
}
