package dev.ioloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.diagnostics.Watchdog;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The ends of a loop's life where its poller fails, and where the watchdog's limit changes. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class LifecycleTest {

  /** A poller that waits for wake-ups alone, and fails where it is told to. */
  private static final class FailingPoller implements Poller {
    private final Semaphore wakeups = new Semaphore(0);
    @Nullable RuntimeException inBind;
    Runnable beforeBind = () -> {};
    @Nullable RuntimeException inPoll;
    @Nullable RuntimeException inClose;
    int closed;

    private static void raise(@Nullable RuntimeException failure) {
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void bind() {
      beforeBind.run();
      raise(inBind);
    }

    @Override
    public int poll(long timeoutNanos) {
      raise(inPoll);
      try {
        if (wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
          wakeups.drainPermits();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
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
    public void close() {
      closed++;
      raise(inClose);
    }
  }

  private final FailingPoller poller = new FailingPoller();
  private final IOLoop loop = IOLoop.create("failing", poller);
  private final RuntimeException failure = new IllegalStateException("on purpose");

  private void runOneTurn() {
    loop.addCallback(loop::stop);
    loop.start();
  }

  /** Leaves a coroutine suspended that takes a turn to clean up. */
  private Future<Void> suspended() {
    loop.makeCurrent();
    return Gen.coroutine(
        () -> {
          try {
            Gen.await(new Future<>());
          } finally {
            Gen.await(Gen.moment);
          }
        });
  }

  @Test
  void loopThatBindsItselfToItsThreadIsRunningForOthers() throws Exception {
    FailingPoller poller = new FailingPoller();
    IOLoop loop = IOLoop.create("failing", poller);
    AtomicBoolean refused = new AtomicBoolean();
    poller.beforeBind =
        () -> {
          Thread other =
              new Thread(
                  () -> {
                    try {
                      loop.callLater(Duration.ZERO, () -> {});
                    } catch (IllegalStateException e) {
                      refused.set(true);
                    }
                  });
          other.start();
          try {
            other.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    loop.addCallback(loop::stop);
    loop.start();
    assertThat(refused).isTrue();
    loop.close();
  }

  @Test
  void loopWhosePollerCannotBeBoundIsStopped() {
    poller.inBind = failure;
    assertThatThrownBy(loop::start).isSameAs(failure);
    assertThat(loop.running()).isFalse();
    assertThat(Watchdog.watches(loop.observer())).isFalse();
    poller.inBind = null;
    assertThat(loop.runSync(() -> "runs")).isEqualTo("runs");
    loop.close();
  }

  @Test
  void loopWhosePollerFailsWhileUnwindingIsClosed() {
    Future<Void> coroutine = suspended();
    poller.inPoll = failure;
    assertThatThrownBy(loop::close).isSameAs(failure);
    assertThat(coroutine.isDone()).isTrue();
    assertThat(loop.isClosed()).isTrue();
    assertThat(poller.closed).isEqualTo(1);
  }

  @Test
  void loopWhosePollerCannotBeBoundIsClosed() {
    Future<Void> coroutine = suspended();
    poller.inBind = failure;
    assertThatThrownBy(loop::close).isSameAs(failure);
    assertThat(coroutine.isDone()).isTrue();
    assertThat(poller.closed).isEqualTo(1);
  }

  @Test
  void loopWhosePollerCannotBeClosedIsClosed() {
    poller.inClose = failure;
    assertThatThrownBy(loop::close).isSameAs(failure);
    assertThat(loop.isClosed()).isTrue();
    loop.close();
    assertThat(poller.closed).isEqualTo(1);
  }

  @Test
  void watchdogsLimitMayBeLongerThanAllNanoseconds() {
    loop.setBlockingLogThreshold(ChronoUnit.FOREVER.getDuration());
    loop.addCallback(() -> loop.setBlockingLogThreshold(Duration.ofSeconds(Long.MAX_VALUE)));
    runOneTurn();
    loop.close();
  }

  @Test
  void loopThatHasEndedIsNotWatchedWhenItsLimitChanges() throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    Thread changer =
        new Thread(
            () -> {
              while (!ended.get()) {
                loop.setBlockingLogThreshold(Duration.ofHours(1));
              }
            });
    changer.start();
    for (int i = 0; i < 2_000; i++) {
      runOneTurn();
    }
    ended.set(true);
    changer.join();
    assertThat(Watchdog.watches(loop.observer())).isFalse();
    loop.close();
  }

  @Test
  void slowCallbackOfAnyLengthHasAText() {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    SlowCallback slow = new SlowCallback(Instant.EPOCH, forever, false, null, null, List.of());
    assertThat(slow.toString()).contains("not over");
  }
}
