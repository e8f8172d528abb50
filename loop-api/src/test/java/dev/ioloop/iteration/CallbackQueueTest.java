package dev.ioloop.iteration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What several threads post at once. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class CallbackQueueTest {
  private static final int THREADS = 4;
  private static final int POSTS = 50_000;

  private final Queue<Runnable> dropped = new ConcurrentLinkedQueue<>();
  private final CallbackQueue queue = new CallbackQueue(dropped::add);

  /** The number of the last post of each thread that has run. */
  private final int[] ran = new int[THREADS];

  private static final class Post implements Runnable {
    private final int[] ran;
    private final int thread;
    private final int number;

    Post(int[] ran, int thread, int number) {
      this.ran = ran;
      this.thread = thread;
      this.number = number;
    }

    @Override
    public void run() {
      assertThat(number).isEqualTo(++ran[thread]);
    }
  }

  /** No callback fails, so this is asked for nothing else. */
  private final LoopHooks hooks =
      new LoopHooks() {
        @Override
        protected void failed(Object source, Throwable failure) {
          throw new AssertionError(failure);
        }

        @Override
        protected void resetContext() {}

        @Override
        protected void setPresentCallback(Runnable callback) {}

        @Override
        protected boolean isStopRequested() {
          return false;
        }

        @Override
        protected boolean isClosing() {
          return false;
        }

        @Override
        public boolean hasCoroutines() {
          return false;
        }
      };

  private static List<Thread> start(IntFunction<Runnable> poster) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(poster.apply(i));
      threads.add(thread);
      thread.start();
    }
    return threads;
  }

  private void runAll() {
    queue.runSnapshots(hooks, null, 1); // One snapshot asks no iterations.
  }

  @Test
  void postsOfEachThreadRunOnceAndInOrder() throws InterruptedException {
    List<Thread> threads =
        start(
            thread ->
                () -> {
                  for (int i = 1; i <= POSTS; i++) {
                    queue.post(new Post(ran, thread, i));
                  }
                });
    while (Arrays.stream(ran).sum() < THREADS * POSTS) {
      runAll();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ran).containsOnly(POSTS);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
  }

  @Test
  void sleeperIsAlwaysWoken() throws InterruptedException {
    Semaphore wakeups = new Semaphore(0);
    start(
        thread ->
            () -> {
              for (int i = 1; i <= POSTS; i++) {
                if (queue.post(new Post(ran, thread, i))) {
                  wakeups.release();
                }
                for (int pause = i * 7 % 100; pause > 0; pause--) {
                  Thread.onSpinWait();
                }
              }
            });
    while (Arrays.stream(ran).sum() < THREADS * POSTS) {
      runAll();
      if (queue.fallAsleep()) {
        if (Arrays.stream(ran).sum() < THREADS * POSTS) {
          assertThat(wakeups.tryAcquire(10, TimeUnit.SECONDS)).as("woken").isTrue();
        }
        queue.wakeUp();
      }
    }
    assertThat(ran).containsOnly(POSTS);
  }

  @Test
  void closeDropsEachPostThatHasNotRunOnce() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(THREADS);
    List<Thread> threads =
        start(
            thread ->
                () -> {
                  for (int i = 1; i <= POSTS; i++) {
                    queue.post(new Post(ran, thread, i));
                    if (i == 1_000) {
                      begun.countDown();
                    }
                  }
                });
    begun.await();
    runAll();
    int[] beforeClose = ran.clone();
    queue.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ran).isEqualTo(beforeClose);
    assertThat(new HashSet<>(dropped)).hasSize(dropped.size());
    assertThat(dropped).hasSize(THREADS * POSTS - Arrays.stream(ran).sum());
    assertThat(queue.size()).isZero();
  }

  @Test
  void closeDropsInOrderAndThrowsWhatDroppingThrewAtTheEnd() {
    CallbackQueue queue = new CallbackQueue(Runnable::run);
    IllegalStateException failure = new IllegalStateException("on purpose");
    for (int i = 1; i <= 300; i++) {
      queue.post(new Post(ran, 0, i));
    }
    queue.add(
        () -> {
          throw failure;
        });
    queue.add(new Post(ran, 1, 1));
    assertThatThrownBy(queue::close).isSameAs(failure);
    assertThat(ran).startsWith(300, 1);
    assertThat(queue.post(new Post(ran, 1, 2))).isFalse();
    assertThat(ran).startsWith(300, 2);
  }

  @Test
  void sizeCountsWhatIsQueued() {
    for (int i = 1; i <= 300; i++) {
      queue.post(new Post(ran, 0, i));
    }
    queue.add(new Post(ran, 1, 1));
    assertThat(queue.size()).isEqualTo(301);
    assertThat(queue.fallAsleep()).isFalse();
    runAll();
    assertThat(queue.size()).isZero();
    assertThat(queue.fallAsleep()).isTrue();
    assertThat(queue.post(new Post(ran, 0, 301))).isTrue();
    assertThat(queue.post(new Post(ran, 0, 302))).isFalse();
    runAll();
    assertThat(ran[0]).isEqualTo(302);
  }
}
