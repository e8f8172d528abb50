package dev.ioloop.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A loop that falls asleep and is woken tens of thousands of times, so that the few nanoseconds in
 * which a wake-up could be lost are met. Its poller spins where others block.
 *
 * <p>Tried with the twin that looks at the queue and then declares itself asleep, in two steps: the
 * first test fails every time, the second most times.
 */
@Tag("slow")
final class WakeUpStressTest extends LoopContract {

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

  // G13
  @Test
  void noPostIsLostWhileTheLoopFallsAsleep() throws Exception {
    int rounds = 50_000;
    AtomicInteger ran = new AtomicInteger();
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              awaitRunning();
              for (int i = 1; i <= rounds; i++) {
                loop.addCallback(ran::incrementAndGet);
                while (ran.get() < i && loop.running()) {
                  Thread.onSpinWait();
                }
                for (int n = ThreadLocalRandom.current().nextInt(8); n > 0; n--) {
                  Thread.onSpinWait();
                }
              }
              loop.stop();
            });
    loop.start();
    other.join();
    assertThat(ran).hasValue(rounds);
  }

  // G13: nobody waits for an answer, so posts come in bursts and one by one.
  @Test
  void noPostIsLostInAStream() throws Exception {
    int posts = 200_000;
    AtomicInteger ran = new AtomicInteger();
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              for (int i = 0; i < posts; i++) {
                loop.addCallback(ran::incrementAndGet);
                for (int n = ThreadLocalRandom.current().nextInt(20); n > 0; n--) {
                  Thread.onSpinWait();
                }
              }
              loop.addCallback(loop::stop);
            });
    loop.start();
    other.join();
    assertThat(ran).hasValue(posts);
  }
}
