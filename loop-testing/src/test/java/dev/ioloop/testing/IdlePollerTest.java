package dev.ioloop.testing;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watchdog accuses no loop that only waits, whatever it waits on, and goes on. */
@Timeout(60)
final class IdlePollerTest {
  private static final Duration LIMIT = Duration.ofMillis(50);

  /** A poller as a user might write it, which says nothing of how it waits. */
  private static class Own implements Poller {
    private final Semaphore wakeups = new Semaphore(0);

    @Override
    public int poll(long timeoutNanos) {
      try {
        if (wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
          wakeups.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 0;
    }

    @Override
    public void wakeup() {
      wakeups.release();
    }

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

  /** There is no memory for the first look of the watchdog at it. */
  private static final class OutOfMemory extends Own {
    private boolean thrown;

    @Override
    public boolean waits(List<StackTraceElement> frames) {
      if (!thrown) {
        thrown = true;
        throw new OutOfMemoryError("on purpose");
      }
      return true;
    }
  }

  @Test
  void watchdogSurvivesThatThereIsNoMemory() throws Exception {
    try (IOLoop loop = IOLoop.create("own", new OutOfMemory());
        ExpectLog failed = new ExpectLog("dev.ioloop", "The watchdog failed");
        ExpectLog blocked = new ExpectLog("dev.ioloop", "blocked for")) {
      loop.setBlockingLogThreshold(LIMIT);
      Thread other =
          new Thread(
              () -> {
                awaitRecord(failed);
                loop.addCallback(
                    () -> {
                      awaitRecord(blocked);
                      loop.stop();
                    });
              });
      other.start();
      loop.start();
      other.join();
      assertThat(failed.records().get(0).getThrown()).hasMessage("on purpose");
      failed.assertCount(1);
    }
  }

  private static void awaitRecord(ExpectLog log) {
    while (log.records().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void loopInVirtualTimeIsNotAccused() throws Exception {
    assertIdleIsNotAccused(Testing.virtualLoop());
  }

  @Test
  void shuffledLoopsAreNotAccused() throws Exception {
    assertIdleIsNotAccused(IOLoop.create("shuffled", new ShufflingPoller(new Own(), 7)));
    assertIdleIsNotAccused(
        IOLoop.create("shuffled virtual", new ShufflingPoller(new VirtualTimePoller(), 7)));
  }

  @Test
  void loopOnAPollerOfOnesOwnIsNotAccused() throws Exception {
    assertIdleIsNotAccused(IOLoop.create("own", new Own()));
  }

  /** Lets a loop wait until another one, with a longer limit, was reported twice. */
  private static void assertIdleIsNotAccused(IOLoop idle) throws Exception {
    try (idle;
        IOLoop witness = IOLoop.create("witness", new Own());
        ExpectLog log = new ExpectLog("dev.ioloop", "blocked for")) {
      idle.setBlockingLogThreshold(null);
      witness.setBlockingLogThreshold(LIMIT.multipliedBy(4));
      Future<String> end = new Future<>();
      Thread other =
          new Thread(
              () -> {
                while (idle.stats().coroutinesSuspended() == 0) {
                  Thread.onSpinWait();
                }
                idle.setBlockingLogThreshold(LIMIT);
                witness.runSync(
                    () -> {
                      while (log.records().size() < 2) {
                        Thread.onSpinWait();
                      }
                      end.complete("");
                    });
              });
      other.start();
      idle.runSync(() -> await(end));
      other.join();
      assertThat(log.records())
          .extracting(LogRecord::getMessage)
          .allMatch(message -> message.contains("witness"));
    }
  }
}
