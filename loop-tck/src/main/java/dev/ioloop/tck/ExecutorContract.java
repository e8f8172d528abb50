package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Blocking work on executors: where it runs, how its result returns, and what cancels it. */
@OnEachGenerator
public abstract class ExecutorContract extends LoopContract {

  private final IOException failure = new IOException("failed on purpose");

  /** Made by subclasses. */
  protected ExecutorContract() {}

  /** Blocks until it is interrupted. */
  private final class Blocking implements Callable<String> {
    private final CountDownLatch started = new CountDownLatch(1);
    private final Future<String> end = new Future<>();

    @Override
    public String call() throws InterruptedException {
      started.countDown();
      try {
        new CountDownLatch(1).await();
        return "never";
      } catch (InterruptedException e) {
        end.setResult("interrupted");
        throw e;
      }
    }
  }

  @Test
  void taskRunsOnAnotherThreadAndItsResultComesBackToTheLoop() {
    loop.runSync(
        () -> {
          Thread loopThread = Thread.currentThread();
          Future<String> future =
              loop.runInExecutor(
                  () -> {
                    events.add(Thread.currentThread() == loopThread);
                    return "result";
                  });
          future.addDoneCallback(done -> events.add(IOLoop.current(false) == loop));
          events.add(await(future));
        });
    assertThat(events).containsExactly(false, true, "result");
  }

  @Test
  void defaultExecutorKeepsNoProcessAlive() {
    loop.runSync(
        () -> events.add(await(loop.runInExecutor(() -> Thread.currentThread().isDaemon()))));
    assertThat(events).containsExactly(true);
  }

  @Test
  void workerOfTheDefaultExecutorHasAName() {
    loop.runSync(
        () -> events.add(await(loop.runInExecutor(() -> Thread.currentThread().getName()))));
    assertThat(events.get(0)).asString().startsWith("ioloop-worker-");
  }

  // The first user makes the threads, and all loops of the process share them.
  @Test
  void workersOfTheDefaultExecutorDoNotKeepTheClassLoaderOfTheirFirstCaller() {
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    caller.setContextClassLoader(new ClassLoader(before) {});
    try {
      loop.runSync(
          () -> {
            int many = 60; // More tasks than idle threads.
            CountDownLatch all = new CountDownLatch(many);
            List<Future<ClassLoader>> futures = new ArrayList<>();
            for (int i = 0; i < many; i++) {
              futures.add(
                  loop.runInExecutor(
                      () -> {
                        all.countDown();
                        all.await(4, TimeUnit.SECONDS);
                        return Thread.currentThread().getContextClassLoader();
                      }));
            }
            for (Future<ClassLoader> future : futures) {
              events.add(await(future));
            }
          });
    } finally {
      caller.setContextClassLoader(before);
    }
    assertThat(events).containsOnly(ClassLoader.getSystemClassLoader());
  }

  @Test
  void tasksOfTheDefaultExecutorRunAtTheSameTime() {
    loop.runSync(
        () -> {
          int many = 20;
          CountDownLatch all = new CountDownLatch(many);
          List<Future<Boolean>> futures = new ArrayList<>();
          for (int i = 0; i < many; i++) {
            futures.add(
                loop.runInExecutor(
                    () -> {
                      all.countDown();
                      return all.await(4, TimeUnit.SECONDS);
                    }));
          }
          for (Future<Boolean> future : futures) {
            events.add(await(future));
          }
        });
    assertThat(events).hasSize(20).containsOnly(true);
  }

  @Test
  void workBeyondTheThreadsWaits() {
    int threads = 256;
    loop.runSync(
        () -> {
          CountDownLatch busy = new CountDownLatch(threads);
          CountDownLatch end = new CountDownLatch(1);
          List<Future<?>> futures = new ArrayList<>();
          for (int i = 0; i < threads; i++) {
            futures.add(
                loop.runInExecutor(
                    () -> {
                      busy.countDown();
                      end.await();
                    }));
          }
          await(loop.runInExecutor(Runnable::run, () -> busy.await(60, TimeUnit.SECONDS)));
          assertThat(busy.getCount()).isZero();
          List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
          List<Integer> expected = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            int number = i;
            expected.add(i);
            futures.add(loop.runInExecutor((Action) () -> begun.add(number)));
          }
          await(moment);
          assertThat(begun).isEmpty();
          end.countDown();
          for (Future<?> future : futures) {
            await(future);
          }
          assertThat(begun).containsExactlyInAnyOrderElementsOf(expected);
        });
  }

  @Test
  void idleThreadsTakeTheNextWork() {
    loop.runSync(
        () -> {
          Set<Thread> used = new HashSet<>();
          for (int i = 0; i < 500; i++) {
            used.add(await(loop.runInExecutor(Thread::currentThread)));
          }
          assertThat(used).hasSizeLessThan(100);
        });
  }

  @Test
  void workThatComputesDoesNotStopTheLoop() {
    loop.runSync(
        () -> {
          AtomicBoolean end = new AtomicBoolean();
          List<Future<?>> work = new ArrayList<>();
          for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            work.add(
                loop.runInExecutor(
                    () -> {
                      while (!end.get()) {
                        Thread.onSpinWait();
                      }
                    }));
          }
          // Each of these needs a new stack: a virtual thread, with that engine.
          for (int i = 0; i < 100; i++) {
            await(coroutine(() -> await(loop.runInExecutor(() -> "done"))));
          }
          end.set(true);
          for (Future<?> future : work) {
            await(future);
          }
        });
  }

  @Test
  void taskWithoutAResultGivesNull() {
    loop.runSync(
        () -> events.add(await(loop.runInExecutor((Action) () -> events.add("ran"))) == null));
    assertThat(events).containsExactly("ran", true);
  }

  @Test
  void failureOfTheTaskIsThrownAsItIs() {
    Error error = new AssertionError("failed on purpose");
    loop.runSync(
        () -> {
          assertThatThrownBy(() -> await(loop.runInExecutor((Action) () -> raise(failure))))
              .isSameAs(failure);
          assertThatThrownBy(() -> await(loop.runInExecutor((Action) () -> raise(error))))
              .isSameAs(error);
        });
  }

  private static <X extends Throwable> void raise(X thrown) throws X {
    throw thrown;
  }

  @Test
  void executorOfTheCallAndTheDefaultOneCanBeChosen() {
    loop.setDefaultExecutor(
        task -> {
          events.add("default");
          OtherThread.execute(task);
        });
    loop.runSync(
        () -> {
          events.add(await(loop.runInExecutor(() -> "first")));
          events.add(
              await(
                  loop.runInExecutor(
                      task -> {
                        events.add("own");
                        OtherThread.execute(task);
                      },
                      () -> "second")));
          await(loop.runInExecutor(Runnable::run, (Action) () -> events.add("third")));
        });
    assertThat(events).containsExactly("default", "first", "own", "second", "third");
  }

  @Test
  void executorThatRunsTheTaskAtOnceCompletesInALaterTurnAllTheSame() {
    loop.runSync(
        () -> {
          Future<String> future = loop.runInExecutor(Runnable::run, () -> "result");
          events.add(future.done());
          await(moment);
          events.add(future.done());
          events.add(await(future));
        });
    assertThat(events).containsExactly(false, true, "result");
  }

  @Test
  void rejectedTaskFailsItsFuture() {
    ExecutorService ended = Executors.newSingleThreadExecutor();
    ended.shutdown();
    loop.runSync(
        () ->
            assertThatThrownBy(() -> await(loop.runInExecutor(ended, () -> events.add("ran"))))
                .isInstanceOf(RejectedExecutionException.class));
    assertThat(events).isEmpty();
  }

  @Test
  void cancelInterruptsTheWorkerAndTheFutureIsDoneAtOnce() {
    Blocking blocking = new Blocking();
    loop.runSync(
        () -> {
          Future<String> future = loop.runInExecutor(blocking);
          blocking.started.await();
          events.add(future.cancel(true));
          events.add(future.cancelled());
          events.add(await(blocking.end));
          events.add(future.cancel(true));
        });
    assertThat(events).containsExactly(true, true, "interrupted", true);
  }

  @Test
  void cancelOfACoroutineInterruptsTheWorkThatItAwaits() {
    Blocking blocking = new Blocking();
    loop.runSync(
        () -> {
          Future<String> future = coroutine(() -> await(loop.runInExecutor(blocking)));
          blocking.started.await();
          future.cancel(true);
          WaiterContract.awaitEnd(future);
          events.add(future.cancelled());
          events.add(await(blocking.end));
        });
    assertThat(events).containsExactly(true, "interrupted");
  }

  @Test
  void taskThatIsCancelledBeforeItBeganNeverRuns() {
    List<Runnable> queued = new ArrayList<>();
    loop.runSync(
        () -> {
          Future<Boolean> future = loop.runInExecutor(queued::add, () -> events.add("ran"));
          events.add(future.cancel(true));
          queued.forEach(Runnable::run);
          events.add(Thread.interrupted());
        });
    assertThat(queued).hasSize(1);
    assertThat(events).containsExactly(true, false);
  }

  @Test
  void cancelAfterTheTaskEndedInterruptsNobody() {
    loop.runSync(
        () -> {
          Future<String> future = loop.runInExecutor(Runnable::run, () -> "result");
          events.add(future.cancel(true));
          events.add(Thread.interrupted());
          await(moment);
          events.add(future.cancelled());
        });
    assertThat(events).containsExactly(true, false, true);
  }

  // A pool whose thread kept an interrupt would hand it to the next task.
  @Test
  void interruptOfACancelledTaskDoesNotReachTheNextOneOfItsThread() throws Exception {
    ExecutorService single = Executors.newSingleThreadExecutor();
    loop.runSync(
        () -> {
          for (int i = 0; i < 200; i++) {
            CountDownLatch started = new CountDownLatch(1);
            Future<Void> cancelled =
                loop.runInExecutor(
                    single,
                    () -> {
                      started.countDown();
                      Thread.onSpinWait();
                    });
            started.await();
            cancelled.cancel(true);
            if (await(loop.runInExecutor(single, () -> Thread.currentThread().isInterrupted()))) {
              events.add("interrupted");
            }
          }
        });
    single.shutdown();
    assertThat(events).isEmpty();
  }

  @Test
  void lateFailureOfACancelledTaskIsNobodysMatter() throws InterruptedException {
    loop.runSync(
        () -> {
          CountDownLatch started = new CountDownLatch(1);
          Future<Void> ended = new Future<>();
          Future<Void> cancelled =
              loop.runInExecutor(
                  (Action)
                      () -> {
                        started.countDown();
                        try {
                          new CountDownLatch(1).await();
                        } finally {
                          loop.addCallback(() -> ended.setResult(null));
                          raise(failure);
                        }
                      });
          started.await();
          cancelled.cancel(true);
          await(ended);
          await(moment);
        });
    loop.close();
    Garbage.collect();
  }

  @Test
  void workerMayBlockOnAFutureThatTheLoopCompletes() {
    loop.runSync(
        () -> {
          Future<String> later = new Future<>();
          Future<String> work = loop.runInExecutor(() -> later.get());
          loop.addCallback(() -> later.setResult("result"));
          events.add(await(work));
        });
    assertThat(events).containsExactly("result");
  }

  @Test
  void closeDoesNotWaitForATaskThatIgnoresItsInterrupt() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    loop.makeCurrent();
    Future<Void> waiting =
        coroutine(
            () -> {
              try {
                await(
                    loop.runInExecutor(
                        () -> {
                          started.countDown();
                          awaitUninterruptibly(release);
                        }));
              } finally {
                events.add("finally");
              }
            });
    loop.runInExecutor(() -> awaitUninterruptibly(release));
    awaitUninterruptibly(started);
    long start = System.nanoTime();
    loop.close();
    long taken = System.nanoTime() - start;
    release.countDown();
    assertThat(Duration.ofNanos(taken)).isLessThan(Duration.ofMillis(900));
    assertThat(events).containsExactly("finally");
    assertThat(waiting.cancelled()).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // A task that ignores its interrupt.
      }
    }
  }

  @Test
  void resultThatComesAfterTheCloseDisturbsNobody() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<OtherThread<Void>> worker = new ArrayList<>();
    loop.runInExecutor(
        task -> worker.add(OtherThread.run(task::run)),
        () -> {
          awaitUninterruptibly(release);
          return events.add("late");
        });
    loop.close();
    release.countDown();
    worker.get(0).join();
    assertThat(events).containsExactly("late");
  }

  @Test
  void nullsAreRefusedAtTheCall() {
    assertThatThrownBy(() -> loop.runInExecutor((Callable<String>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("task");
    assertThatThrownBy(() -> loop.runInExecutor((Action) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> loop.runInExecutor(null, () -> "task"))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("executor");
    assertThatThrownBy(() -> loop.setDefaultExecutor(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("executor");
  }

  @Test
  void workThatOutlivesItsLoopEndsItsFutureAllTheSame() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    List<Future<String>> futures = new ArrayList<>();
    loop.runSync(
        () -> {
          futures.add(
              loop.runInExecutor(
                  () -> {
                    released.await();
                    return "late";
                  }));
          await(moment);
        });
    loop.close();
    released.countDown();
    assertThat(futures.get(0).get(5, TimeUnit.SECONDS)).isEqualTo("late");
  }
}
