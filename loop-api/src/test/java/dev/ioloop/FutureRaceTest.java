package dev.ioloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A future that several threads complete, look at, wait for and cancel at the same time. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class FutureRaceTest {
  private static final int ROUNDS = 40_000;

  /** What one of the threads does in each round. */
  private interface Step {
    void run(int round) throws Exception;
  }

  @AfterEach
  void logAgain() {
    Future.setLostFailureHandler(null);
  }

  /** Runs each step on a thread of its own, all together in each round, begun at random. */
  private static void race(int rounds, Step before, Step after, Step... steps) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(steps.length + 1);
    List<Throwable> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      Step step = steps[i];
      int which = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int round = 0; round < rounds; round++) {
                    barrier.await();
                    for (int k = (round * 31 + which * 17) % 80; k > 0; k--) {
                      Thread.onSpinWait();
                    }
                    step.run(round);
                    barrier.await();
                  }
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                  barrier.reset(); // The other threads end with an exception, too.
                }
              });
      threads.add(thread);
      thread.start();
    }
    try {
      for (int round = 0; round < rounds; round++) {
        before.run(round);
        barrier.await();
        barrier.await();
        after.run(round);
      }
    } catch (BrokenBarrierException e) {
      synchronized (failures) {
        throw new AssertionError("a step failed", failures.get(0));
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private final Future<?>[] present = new Future<?>[1];

  @SuppressWarnings("unchecked")
  private Future<String> present() {
    return (Future<String>) present[0];
  }

  // Each callback is run once or removed, never both and never neither.
  @Test
  void callbackIsRunOnceUnlessItWasRemoved() throws Exception {
    int perThread = 5;
    AtomicIntegerArray runs = new AtomicIntegerArray(2 * perThread);
    boolean[] removed = new boolean[2 * perThread];
    List<Consumer<Future<?>>> callbacks = new ArrayList<>();
    for (int i = 0; i < 2 * perThread; i++) {
      int index = i;
      callbacks.add(done -> runs.incrementAndGet(index));
    }
    Step[] waiting = new Step[2];
    for (int thread = 0; thread < 2; thread++) {
      int from = thread * perThread;
      waiting[thread] =
          round -> {
            for (int i = from; i < from + perThread; i++) {
              if (!present().addWaiter(callbacks.get(i))) {
                callbacks.get(i).accept(present());
              }
            }
            for (int i = from; i < from + perThread; i++) {
              if ((round + i) % 3 == 0) {
                removed[i] = present().removeWaiter(callbacks.get(i));
              }
            }
          };
    }
    race(
        ROUNDS / 4,
        round -> {
          present[0] = new Future<String>();
          for (int i = 0; i < runs.length(); i++) {
            runs.set(i, 0);
            removed[i] = false;
          }
        },
        round -> {
          for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i))
                .as("round %d, callback %d", round, i)
                .isEqualTo(removed[i] ? 0 : 1);
          }
        },
        waiting[0],
        waiting[1],
        round -> {
          if (round % 3 == 0) {
            present().cancel(true);
          } else {
            present().complete("result");
          }
        });
  }

  private interface Look {
    void at(Future<String> future) throws Exception;
  }

  /** One thread fails a future while another one looks at it; nothing is to be reported. */
  private void lookWhileItFails(Look look) throws Exception {
    AtomicInteger lost = new AtomicInteger();
    RuntimeException failure = new RuntimeException("failed on purpose");
    Future.setLostFailureHandler(
        (text, e) -> {
          if (e == failure) {
            lost.incrementAndGet();
          }
        });
    race(
        ROUNDS,
        round -> present[0] = new Future<String>(),
        round -> {},
        round -> present().completeExceptionally(failure),
        round -> look.at(present()));
    present[0] = null;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(lost.get()).as("reported").isZero();
  }

  @Test
  void whatIsLookedAtWhenItIsSeenToBeDoneIsNotReported() throws Exception {
    lookWhileItFails(
        future -> {
          while (!future.isDone()) {
            Thread.onSpinWait();
          }
          assertThat(future.exception()).isNotNull();
        });
  }

  @Test
  void whatIsLookedAtByADependentIsNotReported() throws Exception {
    lookWhileItFails(future -> future.handle((value, failure) -> "handled"));
  }

  @Test
  void whatIsLookedAtByABlockedThreadIsNotReported() throws Exception {
    lookWhileItFails(
        future ->
            assertThat(catchThrowable(() -> future.get(10, TimeUnit.SECONDS)))
                .isInstanceOf(ExecutionException.class));
  }

  @Test
  void whatIsLookedAtInADoneCallbackIsNotReported() throws Exception {
    lookWhileItFails(future -> future.addDoneCallback(Future::exception));
  }

  @Test
  void releaseRunsOnceWhoeverCancels() throws Exception {
    AtomicInteger released = new AtomicInteger();
    race(
        ROUNDS / 2,
        round -> {
          released.set(0);
          present[0] = Future.owned(released::incrementAndGet);
        },
        round -> assertThat(released.get()).as("round %d", round).isEqualTo(1),
        round -> present().cancel(true),
        round -> present().cancel(false));
  }
}
