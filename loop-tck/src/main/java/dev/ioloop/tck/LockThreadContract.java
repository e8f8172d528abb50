package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.locks.Condition;
import dev.ioloop.locks.Event;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Releaser;
import dev.ioloop.locks.Semaphore;
import dev.ioloop.queues.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Locks and queues on the wrong thread, and with one loop after the other. */
@OnEachGenerator
public abstract class LockThreadContract extends LoopContract {

  private static final Duration LONG = Duration.ofHours(1);

  private final Lock lock = new Lock();

  /** Made by subclasses. */
  protected LockThreadContract() {}

  private static void assertRefusedElsewhere(List<Runnable> uses) {
    for (Runnable use : uses) {
      assertThatThrownBy(() -> OtherThread.run(use::run).join())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("called from thread \"contract-other-thread\"")
          .hasMessageContaining("addCallback()");
    }
  }

  @Test
  void lockRefusesAnotherThreadWhileTheLoopRuns() {
    loop.runSync(
        () -> {
          Releaser held = await(lock.acquire());
          assertRefusedElsewhere(
              List.of(lock::acquire, () -> lock.acquire(LONG), lock::release, held::close));
          assertThat(onOtherThread(lock::toString)).isEqualTo("Lock[locked, waiting=0]");
          held.close();
        });
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void eventRefusesAnotherThreadWhileTheLoopRuns() {
    Event event = new Event();
    loop.runSync(
        () -> {
          event.clear();
          assertRefusedElsewhere(
              List.of(event::await, () -> event.await(LONG), event::set, event::clear));
          assertThat(onOtherThread(event::isSet)).isFalse();
          OtherThread.execute(() -> loop.addCallback(event::set));
          await(event.await());
        });
    assertThat(event).hasToString("Event[set, waiting=0]");
  }

  @Test
  void conditionRefusesAnotherThreadWhileTheLoopRuns() {
    Condition condition = new Condition();
    loop.runSync(
        () -> {
          condition.signal();
          assertRefusedElsewhere(
              List.of(
                  condition::await,
                  () -> condition.await(LONG),
                  condition::signal,
                  () -> condition.signal(2),
                  condition::signalAll));
        });
    assertThat(condition).hasToString("Condition[waiting=0]");
  }

  @Test
  void queueRefusesAnotherThreadWhileTheLoopRuns() {
    Queue<String> queue = new Queue<>();
    loop.runSync(
        () -> {
          await(queue.put("a"));
          assertRefusedElsewhere(
              List.of(
                  () -> queue.put("b"),
                  () -> queue.put("b", LONG),
                  () -> queue.putNowait("b"),
                  queue::get,
                  () -> queue.get(LONG),
                  queue::getNowait,
                  queue::taskDone,
                  queue::join,
                  () -> queue.join(LONG),
                  queue::shutdown));
          assertThat(onOtherThread(queue::qsize)).isEqualTo(1);
        });
    assertThat(queue).hasToString("Queue[maxsize=0, qsize=1, getters=0, putters=0, unfinished=1]");
  }

  /** Starts one wait of each kind, for an hour. */
  private List<Future<?>> longWaits() {
    Queue<String> empty = new Queue<>();
    Queue<String> full = new Queue<>(1);
    full.putNowait("a");
    Event event = new Event();
    event.clear();
    Lock held = new Lock();
    held.acquire();
    return List.of(
        held.acquire(LONG),
        new Semaphore(0).acquire(LONG),
        event.await(LONG),
        new Condition().await(LONG),
        empty.get(LONG),
        full.put("b", LONG),
        full.join(LONG));
  }

  @Test
  void waitThatItsUserEndsLeavesNothing() {
    loop.runSync(
        () -> {
          List<Future<?>> waits = longWaits();
          assertThat(loop.stats().timeoutsPending()).isEqualTo(waits.size());
          waits.forEach(wait -> wait.complete(null));
          assertThat(loop.stats().timeoutsPending()).isZero();
          for (Future<?> wait : longWaits()) {
            wait.completeExceptionally(new IOException("given up"));
            assertThat(wait.exception()).hasMessage("given up");
          }
          assertThat(loop.stats().timeoutsPending()).isZero();
          longWaits().forEach(wait -> wait.cancel(true));
          assertThat(loop.stats().timeoutsPending()).isZero();
        });
  }

  @Test
  void waitThatAnotherThreadEndsLeavesNothing() {
    loop.runSync(
        () -> {
          List<Future<?>> waits = longWaits();
          onOtherThread(
              () -> {
                waits.forEach(wait -> wait.complete(null));
                return null;
              });
          await(moment);
          await(moment);
          assertThat(loop.stats().timeoutsPending()).isZero();
        });
  }

  @Test
  void anotherLoopIsRefusedWhileTheLoopRuns() {
    loop.runSync(
        () -> {
          Releaser held = await(lock.acquire());
          assertThatThrownBy(
                  () ->
                      onOtherThread(
                          () -> {
                            try (IOLoop other = newLoop()) {
                              return other.runSync(() -> await(lock.acquire()));
                            }
                          }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("addCallback()");
          held.close();
        });
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void lockOutlivesItsLoop() {
    try (IOLoop former = newLoop()) {
      former.runSync(
          () -> {
            await(lock.acquire());
            coroutine(() -> await(lock.acquire()));
            coroutine(() -> await(lock.acquire(LONG)));
          });
      assertThat(lock).hasToString("Lock[locked, waiting=2]");
    }
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
    loop.runSync(
        () -> {
          lock.release();
          await(lock.acquire(LONG)).close();
        });
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void waiterForALockMayBeCancelledOnAnotherThread() {
    loop.runSync(
        () -> {
          await(lock.acquire());
          Future<Releaser> cancelled = lock.acquire(LONG);
          Future<Releaser> alsoCancelled = lock.acquire();
          Future<Releaser> last = lock.acquire();
          onOtherThread(() -> cancelled.cancel(true) && alsoCancelled.cancel(true));
          lock.release();
          events.add(last.done());
          await(moment);
          await(moment);
          assertThat(loop.toString()).contains("timeouts=0");
        });
    assertThat(events).containsExactly(true);
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void waiterForAQueueMayBeCancelledOnAnotherThread() {
    Queue<String> queue = new Queue<>();
    Queue<String> one = new Queue<>(1);
    loop.runSync(
        () -> {
          one.putNowait("a");
          Future<Void> put = one.put("never", LONG);
          one.put("b");
          Future<String> get = queue.get(LONG);
          Future<String> last = queue.get();
          onOtherThread(() -> put.cancel(true) && get.cancel(true));
          queue.putNowait("c");
          events.add(last.result());
          events.add(one.getNowait());
          events.add(one.getNowait());
          await(moment);
          await(moment);
          assertThat(loop.toString()).contains("timeouts=0");
        });
    assertThat(events).containsExactly("c", "a", "b");
    assertThat(one.toString()).contains("qsize=0, getters=0, putters=0");
  }

  @Test
  void waitersMayBeCancelledOnAnotherThreadWhileTheLoopIsStopped() throws Exception {
    List<Future<?>> waits = new ArrayList<>();
    loop.runSync(() -> waits.addAll(waitWithLimits()));
    onOtherThread(() -> waits.stream().allMatch(wait -> wait.cancel(true)));
    loop.runSync(() -> await(moment));
    assertThat(loop.stats().timeoutsPending()).isZero();
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void waitersMayBeCancelledOnAnotherThreadWhileTheLoopIsClosing() {
    List<Future<?>> waits = new ArrayList<>();
    loop.runSync(
        () -> {
          waits.addAll(waitWithLimits());
          coroutine(
              () -> {
                try {
                  await(new Future<>());
                } finally {
                  // The loop waits for that thread: in virtual time the waits would be over before.
                  events.add(
                      onOtherThread(() -> waits.stream().allMatch(wait -> wait.cancel(true))));
                  await(moment);
                  await(moment);
                  events.add(loop.stats().timeoutsPending());
                }
              });
        });
    loop.close();
    assertThat(events).containsExactly(true, 0);
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void waitOfAStoppedLoopEndsOnTheLoopThatHasTheLockNow() throws Exception {
    List<Future<?>> waits = new ArrayList<>();
    loop.runSync(
        () -> {
          await(lock.acquire());
          waits.add(lock.acquire(LONG));
          waits.add(lock.acquire(LONG));
        });
    onOtherThread(
        () -> {
          try (IOLoop other = newLoop()) {
            other.runSync(
                () -> {
                  lock.release();
                  events.add(waits.get(0).isDone());
                });
            return waits.get(1).cancel(true);
          }
        });
    loop.runSync(() -> await(moment));
    assertThat(events).containsExactly(true);
    assertThat(loop.stats().timeoutsPending()).isZero();
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  private List<Future<?>> waitWithLimits() {
    Queue<String> full = new Queue<>(1);
    full.putNowait("a");
    await(lock.acquire());
    return List.of(
        lock.acquire(LONG),
        new Queue<String>().get(LONG),
        full.put("b", LONG),
        full.join(LONG),
        new Event().await(LONG),
        new Condition().await(LONG),
        new Semaphore(0).acquire(LONG));
  }
}
