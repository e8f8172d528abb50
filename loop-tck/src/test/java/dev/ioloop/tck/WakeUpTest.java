package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How often the loop is woken and polls, counted by a poller that blocks until it is released. */
final class WakeUpTest extends LoopContract {

  /** Counts, and in a poll without limit stays blocked until {@link #letGo}. */
  private static final class CountingPoller implements Poller {
    final AtomicInteger wakeups = new AtomicInteger();
    final AtomicInteger blockingPolls = new AtomicInteger();
    final AtomicInteger otherPolls = new AtomicInteger();
    final List<Long> waits = new ArrayList<>();
    long clock;
    final CountDownLatch blocked = new CountDownLatch(1);
    private final Semaphore permits = new Semaphore(0);

    @Override
    public long nanoTime() {
      return clock;
    }

    @Override
    public int poll(long timeoutNanos) {
      if (timeoutNanos == Long.MAX_VALUE) {
        blockingPolls.incrementAndGet();
        blocked.countDown();
        permits.acquireUninterruptibly();
      } else {
        otherPolls.incrementAndGet();
        if (timeoutNanos > 0) {
          waits.add(timeoutNanos);
          clock += timeoutNanos;
        }
      }
      return 0;
    }

    @Override
    public void wakeup() {
      wakeups.incrementAndGet();
    }

    void letGo() {
      permits.release();
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

  private final CountingPoller poller = new CountingPoller();

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("counting", poller);
  }

  @Test
  void tenThousandPostsToABlockedLoopCostOneWakeUp() throws Exception {
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              poller.blocked.await();
              for (int i = 0; i < 10_000; i++) {
                loop.addCallback(record(i));
              }
              loop.addCallback(loop::stop);
              poller.letGo();
            });
    loop.start();
    other.join();
    assertThat(events).hasSize(10_000);
    assertThat(poller.wakeups).hasValue(1);
  }

  @Test
  void postsFromTwoThreadsToABlockedLoopCostOneWakeUp() throws Exception {
    OtherThread.Body post =
        () -> {
          poller.blocked.await();
          for (int i = 0; i < 5_000; i++) {
            loop.addCallback(record(i));
          }
        };
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              OtherThread<Void> first = OtherThread.run(post);
              OtherThread<Void> second = OtherThread.run(post);
              first.join();
              second.join();
              loop.addCallback(loop::stop);
              poller.letGo();
            });
    loop.start();
    other.join();
    assertThat(events).hasSize(10_000);
    assertThat(poller.wakeups).hasValue(1);
  }

  @Test
  void callbacksOfTheLoopsOwnThreadCostNoWakeUp() {
    loop.addCallback(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            loop.addCallback(record(i));
          }
          loop.addCallback(loop::stop);
        });
    loop.start();
    assertThat(events).hasSize(1_000);
    assertThat(poller.wakeups).hasValue(0);
    assertThat(poller.blockingPolls).hasValue(0);
  }

  // The loop is awake and will look at its queue before it blocks.
  @Test
  void postsToALoopThatRunsACallbackCostNoWakeUp() {
    loop.addCallback(
        () -> {
          try {
            OtherThread.run(() -> loop.addCallback(record("posted"))).join();
          } catch (Exception e) {
            events.add(e);
          }
        });
    loop.addCallback(() -> loop.addCallback(() -> loop.addCallback(loop::stop)));
    loop.start();
    assertThat(events).containsExactly("posted");
    assertThat(poller.wakeups).hasValue(0);
    assertThat(poller.blockingPolls).hasValue(0);
  }

  // At most 64 turns pass between two polls; see docs/design.md.
  @Test
  void chainOfCallbacksPollsInAtLeastEverySixtyFifthTurn() {
    int turns = 10_000;
    loop.addCallback(
        new Runnable() {
          private int left = turns;

          @Override
          public void run() {
            if (--left == 0) {
              loop.stop();
            } else {
              loop.addCallback(this);
            }
          }
        });
    loop.start();
    assertThat(poller.otherPolls.get()).isBetween(turns / 65, turns);
    assertThat(poller.blockingPolls).hasValue(0);
  }

  @Test
  void loopPollsOnceUntilTheNextDeadline() {
    poller.clock = 5;
    loop.callAt(1_000_005, record("first"));
    loop.callAt(3_000_006, loop::stop);
    loop.start();
    assertThat(events).containsExactly("first");
    assertThat(poller.waits).containsExactly(1_000_000L, 2_000_001L);
  }
}
