package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Releaser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Locks: the holder, the next one, and waiters that give up. */
@OnEachGenerator
public abstract class LockContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Lock lock = new Lock();

  /** Made by subclasses. */
  protected LockContract() {}

  /** Takes the lock, awaits {@code work} while it has it, and records both. */
  private Future<Void> worker(String name, Future<?> work) {
    return coroutine(
        () -> {
          try (var held = await(lock.acquire())) {
            events.add(name + " begins");
            await(work);
            events.add(name + " ends");
          } catch (CancellationException e) {
            events.add(name + " cancelled");
            throw e;
          }
        });
  }

  // The example of the documentation. Tornado: test_context_manager_contended
  @Test
  void coroutinesHaveItOneAfterTheOther() {
    loop.runSync(
        () -> {
          List<Future<Void>> workers = new ArrayList<>();
          for (String name : List.of("a", "b", "c")) {
            workers.add(worker(name, sleep(SHORT)));
          }
          for (Future<Void> worker : workers) {
            await(worker);
          }
        });
    assertThat(events)
        .containsExactly("a begins", "a ends", "b begins", "b ends", "c begins", "c ends");
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  // Tornado: test_acquire_release
  @Test
  void freeLockIsTakenAtOnceAndWithoutALoop() {
    Future<Releaser> first = lock.acquire();
    events.add(first.done());
    Future<Releaser> second = lock.acquire();
    events.add(second.done());
    first.result().close();
    events.add(second.done());
    second.result().close();
    events.add(lock.acquire(LONG).done());
    assertThat(events).containsExactly(true, false, true, true);
  }

  @Test
  void freeLockDoesNotSuspend() {
    loop.runSync(
        () -> {
          loop.addCallback(record("turn"));
          for (int i = 0; i < 3; i++) {
            try (var held = await(lock.acquire())) {
              events.add("has it");
            }
            await(lock.acquire(LONG)).close();
          }
        });
    assertThat(events).startsWith("has it", "has it", "has it");
  }

  // Tornado: test_acquire_fifo
  @Test
  void releaseHandsTheLockToTheFirstWaiterAndNobodyComesBetween() {
    loop.runSync(
        () -> {
          await(lock.acquire());
          Future<Void> waiter = worker("waiter", moment);
          assertThat(lock).hasToString("Lock[locked, waiting=1]");
          lock.release();
          // The waiter has it now, though it was not resumed yet.
          events.add(lock.acquire(Duration.ZERO).exception().getClass());
          Future<Releaser> late = lock.acquire();
          events.add(late.done());
          await(late).close();
          events.add("late");
          assertThat(waiter.done()).isTrue();
        });
    assertThat(events)
        .containsExactly(LoopTimeoutException.class, false, "waiter begins", "waiter ends", "late");
  }

  // Tornado: test_multi_release
  @Test
  void releaseOfAnUnlockedLockIsAnError() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(lock::release)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("release() of an unlocked lock");
      lock.acquire();
      lock.release();
    }
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void anybodyMayReleaseAndNobodyMayTakeItTwice() {
    loop.runSync(
        () -> {
          Future<Void> owner =
              coroutine(
                  () -> {
                    await(lock.acquire());
                    events.add("first");
                    await(lock.acquire());
                    events.add("second");
                  });
          assertThat(owner.done()).isFalse();
          lock.release();
          await(owner);
        });
    assertThat(events).containsExactly("first", "second");
  }

  @Test
  void releaserReleasesOnce() {
    Releaser first = lock.acquire().result();
    assertThat(first).hasToString("Releaser[Semaphore[available=0, waiting=0]]");
    first.close();
    assertThat(first).hasToString("Releaser[closed]");
    Releaser second = lock.acquire().result();
    first.close();
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
    second.close();
    second.close();
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  // Tornado: test_context_manager_exception
  @Test
  void failureInTheBlockReleases() {
    IllegalStateException failure = new IllegalStateException("failed on purpose");
    assertThatThrownBy(
            () ->
                loop.runSync(
                    () -> {
                      try (var held = await(lock.acquire())) {
                        await(moment);
                        throw failure;
                      }
                    }))
        .isSameAs(failure);
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  // Tornado: test_acquire_timeout
  @Test
  void waiterThatTimesOutFailsAndIsPassedOver() {
    loop.runSync(
        () -> {
          Future<Releaser> first = lock.acquire();
          Future<Releaser> timed = lock.acquire(SHORT);
          Future<Releaser> last = lock.acquire(LONG);
          assertThatThrownBy(() -> await(timed))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("lock not acquired after PT0.001S");
          assertThat(lock).hasToString("Lock[locked, waiting=1]");
          first.result().close();
          events.add(last.done());
          last.result().close();
        });
    assertThat(events).containsExactly(true);
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
    assertThat(loop.toString()).contains("timeouts=0");
  }

  // Tornado: test_acquire_timeout_preempted
  @Test
  void waiterThatWasServedTimesOutNoMore() {
    loop.runSync(
        () -> {
          lock.acquire();
          Future<Releaser> timed = lock.acquire(SHORT);
          lock.release();
          assertThat(loop.toString()).contains("timeouts=0");
          await(sleep(SHORT.multipliedBy(3)));
          await(timed).close();
        });
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void timeoutOfZeroOrLessTakesAFreeLockOnly() {
    for (Duration now : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      Releaser held = lock.acquire(now).result();
      Future<Releaser> refused = lock.acquire(now);
      assertThat(refused.exception())
          .isInstanceOf(LoopTimeoutException.class)
          .hasMessage("lock not acquired after " + now);
      assertThat(lock).hasToString("Lock[locked, waiting=0]");
      held.close();
    }
  }

  // Tornado: test_garbage_collection
  @Test
  void shortWaitsLeaveNothingBehind() {
    loop.runSync(
        () -> {
          lock.acquire();
          Future<Releaser> patient = lock.acquire();
          for (int i = 0; i < 300; i++) {
            Future<Releaser> timed = lock.acquire(Duration.ofNanos(1));
            Future<Releaser> cancelled = lock.acquire(LONG);
            cancelled.cancel(true);
            assertThatThrownBy(() -> await(timed)).isInstanceOf(LoopTimeoutException.class);
            assertThat(lock).hasToString("Lock[locked, waiting=1]");
          }
          assertThat(loop.toString()).contains("timeouts=0");
          events.add(patient.done());
          lock.release();
          events.add(patient.done());
        });
    assertThat(events).containsExactly(false, true);
  }

  @Test
  void coroutineThatIsCancelledLeavesTheLine() {
    loop.runSync(
        () -> {
          Releaser first = await(lock.acquire());
          Future<Void> cancelled = worker("cancelled", moment);
          Future<Void> last = worker("last", moment);
          cancelled.cancel(true);
          assertThat(lock).hasToString("Lock[locked, waiting=1]");
          first.close();
          await(last);
          assertThat(cancelled.cancelled()).isTrue();
        });
    assertThat(events).containsExactly("cancelled cancelled", "last begins", "last ends");
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void coroutineThatIsCancelledAfterItWasGivenTheLockGivesItBack() {
    loop.runSync(
        () -> {
          Releaser first = await(lock.acquire());
          Future<Void> cancelled = worker("cancelled", new Future<>());
          Future<Void> last = worker("last", moment);
          first.close();
          cancelled.cancel(true);
          await(last);
          assertThat(cancelled.cancelled()).isTrue();
        });
    assertThat(events)
        .containsExactly("cancelled begins", "cancelled cancelled", "last begins", "last ends");
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void waiterThatWasEndedByOtherMeansIsPassedOver() {
    lock.acquire();
    Future<Releaser> ended = lock.acquire();
    Future<Releaser> last = lock.acquire();
    IllegalStateException failure = new IllegalStateException("failed on purpose");
    ended.setException(failure);
    lock.release();
    assertThat(last.done()).isTrue();
    assertThat(ended.exception()).isSameAs(failure);
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void callbackOfAWaiterMayUseTheLockAtOnce() {
    lock.acquire();
    Future<Releaser> first = lock.acquire();
    Future<Releaser> second = lock.acquire();
    first.addDoneCallback(
        done -> {
          done.result().close();
          lock.acquire().addDoneCallback(late -> events.add("late"));
          assertThatThrownBy(lock::release)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("release() of an unlocked lock");
          events.add("first");
        });
    second.addDoneCallback(
        done -> {
          events.add("second");
          done.result().close();
        });
    lock.release();
    assertThat(events).containsExactly("first", "second", "late");
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void callbackMayReleaseAndTakeItAgainWhereNobodyWaits() {
    lock.acquire();
    lock.acquire()
        .addDoneCallback(
            done -> {
              done.result().close();
              events.add(lock.acquire().done());
            });
    lock.release();
    assertThat(events).containsExactly(true);
    assertThat(lock).hasToString("Lock[locked, waiting=0]");
  }

  @Test
  void manyCallbacksThatReleaseDoNotNest() {
    int many = 100_000;
    int[] served = new int[1];
    lock.acquire();
    for (int i = 0; i < many; i++) {
      lock.acquire()
          .addDoneCallback(
              done -> {
                served[0]++;
                done.result().close();
              });
    }
    lock.release();
    assertThat(served[0]).isEqualTo(many);
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }

  @Test
  void timeoutMustBeGiven() {
    assertThatThrownBy(() -> lock.acquire(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("timeout == null");
    assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
  }
}
