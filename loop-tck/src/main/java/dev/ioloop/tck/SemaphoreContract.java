package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.locks.BoundedSemaphore;
import dev.ioloop.locks.Releaser;
import dev.ioloop.locks.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Semaphores: the number of permits, and that none is lost. */
@OnEachGenerator
public abstract class SemaphoreContract extends LoopContract {

  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  /** Made by subclasses. */
  protected SemaphoreContract() {}

  // The example of the documentation.
  @Test
  void noMoreThanThePermittedRunAtOnce() {
    Semaphore semaphore = new Semaphore(3);
    int[] running = new int[1];
    loop.runSync(
        () -> {
          List<Future<Void>> workers = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            workers.add(
                coroutine(
                    () -> {
                      try (var held = await(semaphore.acquire())) {
                        running[0]++;
                        events.add(running[0]);
                        await(sleep(SHORT));
                        running[0]--;
                      }
                    }));
          }
          await(multi(workers));
        });
    assertThat(events).startsWith(1, 2, 3).hasSize(10).doesNotContain(0, 4);
    assertThat(semaphore).hasToString("Semaphore[available=3, waiting=0]");
  }

  // Tornado: test_negative_value
  @Test
  void negativeNumberOfPermitsIsRefused() {
    assertThatThrownBy(() -> new Semaphore(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits < 0: -1");
    assertThatThrownBy(() -> new BoundedSemaphore(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits < 0: -1");
  }

  // Tornado: test_repr
  @Test
  void textShowsPermitsAndWaiters() {
    Semaphore semaphore = new Semaphore(1);
    assertThat(semaphore).hasToString("Semaphore[available=1, waiting=0]");
    semaphore.acquire();
    semaphore.acquire();
    assertThat(semaphore).hasToString("Semaphore[available=0, waiting=1]");
    assertThat(new BoundedSemaphore(2)).hasToString("BoundedSemaphore[available=2, waiting=0]");
  }

  // Tornado: test_acquire
  @Test
  void permitsAreTakenAtOnceWhileThereAreSome() {
    Semaphore semaphore = new Semaphore(2);
    for (int i = 0; i < 3; i++) {
      events.add(semaphore.acquire().done());
    }
    semaphore.release();
    events.add(semaphore.toString());
    assertThat(events).containsExactly(true, true, false, "Semaphore[available=0, waiting=0]");
  }

  // Tornado: test_release_unacquired
  @Test
  void releaseMayAddPermits() {
    Semaphore semaphore = new Semaphore(0);
    semaphore.release();
    semaphore.release();
    assertThat(semaphore).hasToString("Semaphore[available=2, waiting=0]");
    events.add(semaphore.acquire().done());
    events.add(semaphore.acquire().done());
    events.add(semaphore.acquire().done());
    assertThat(events).containsExactly(true, true, false);
  }

  // Tornado: BoundedSemaphoreTest.test_release_unacquired
  @Test
  void boundedSemaphoreRefusesOneReleaseTooMany() {
    Semaphore semaphore = new BoundedSemaphore(2);
    assertRefused(semaphore);
    Releaser first = semaphore.acquire().result();
    semaphore.acquire();
    Future<Releaser> third = semaphore.acquire();
    first.close();
    assertThat(third.done()).isTrue();
    semaphore.release();
    semaphore.release();
    assertRefused(semaphore);
    assertThat(semaphore).hasToString("BoundedSemaphore[available=2, waiting=0]");
  }

  private static void assertRefused(Semaphore semaphore) {
    assertThatThrownBy(semaphore::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("release() without an acquire()")
        .hasMessageContaining("2 permits");
  }

  @Test
  void boundedSemaphoreWithoutPermitsNeverGivesOne() {
    Semaphore semaphore = new BoundedSemaphore(0);
    Future<Releaser> waiting = semaphore.acquire();
    assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    assertThat(waiting.done()).isFalse();
    assertThat(waiting.cancel(true)).isTrue();
    assertThat(semaphore).hasToString("BoundedSemaphore[available=0, waiting=0]");
  }

  @Test
  void releaseBeyondTheLargestNumberIsRefused() {
    Semaphore semaphore = new Semaphore(Integer.MAX_VALUE);
    assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    assertThat(semaphore).hasToString("Semaphore[available=2147483647, waiting=0]");
  }

  // Tornado: test_acquire_timeout
  @Test
  void waiterThatTimesOutTakesNoPermit() {
    Semaphore semaphore = new Semaphore(1);
    loop.runSync(
        () -> {
          await(semaphore.acquire());
          Future<Releaser> timed = semaphore.acquire(SHORT);
          assertThatThrownBy(() -> await(timed))
              .isInstanceOf(LoopTimeoutException.class)
              .hasMessage("no permit after PT0.001S");
          semaphore.release();
          events.add(semaphore.toString());
          events.add(semaphore.acquire(SHORT).done());
        });
    assertThat(events).containsExactly("Semaphore[available=1, waiting=0]", true);
  }

  @Test
  void releasesServeWaitersInTheirOrder() {
    Semaphore semaphore = new Semaphore(0);
    for (String name : List.of("a", "b", "c", "d")) {
      semaphore.acquire().addDoneCallback(done -> events.add(name));
    }
    events.add("release");
    semaphore.release();
    semaphore.release();
    events.add("release");
    semaphore.release();
    assertThat(events).containsExactly("release", "a", "b", "release", "c");
  }

  @Test
  void acquireAfterAReleaseDoesNotOvertakeTheWaiter() {
    Semaphore semaphore = new Semaphore(1);
    loop.runSync(
        () -> {
          await(semaphore.acquire());
          Future<Void> waiter =
              coroutine(
                  () -> {
                    try (var held = await(semaphore.acquire())) {
                      events.add("waiter");
                      await(moment);
                    }
                  });
          semaphore.release();
          try (var held = await(semaphore.acquire())) {
            events.add("late");
          }
          await(waiter);
        });
    assertThat(events).containsExactly("waiter", "late");
    assertThat(semaphore).hasToString("Semaphore[available=1, waiting=0]");
  }

  // What Python's asyncio got wrong for ten years.
  @Test
  void cancelledWaitersStrandNobody() {
    Semaphore semaphore = new Semaphore(1);
    loop.runSync(
        () -> {
          Releaser held = await(semaphore.acquire());
          List<Future<Releaser>> waiting = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            waiting.add(coroutine(() -> await(semaphore.acquire())));
          }
          for (int i = 0; i < 6; i += 2) {
            waiting.get(i).cancel(true);
          }
          held.close();
          for (int i = 1; i < 6; i += 2) {
            await(waiting.get(i)).close();
            events.add(i);
          }
          for (int i = 0; i < 6; i += 2) {
            assertThat(waiting.get(i).cancelled()).isTrue();
          }
        });
    assertThat(events).containsExactly(1, 3, 5);
    assertThat(semaphore).hasToString("Semaphore[available=1, waiting=0]");
  }
}
