package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.locks.Lock;
import dev.ioloop.locks.Releaser;
import dev.ioloop.queues.Queue;
import dev.ioloop.testing.Interleavings;
import dev.ioloop.testing.Testing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three coroutines that wait for a lock or a queue, in every order of arriving, being served, being
 * cancelled and timing out; in particular, cancelled between being served and being resumed. In
 * every case, nothing is lost and nobody is left waiting.
 *
 * <p>The steps of a run happen one second apart, or two or all of them at the same time.
 */
@OnEachGenerator
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CancelledInLineTest extends LoopContract {

  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final String SERVE = "serve";
  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * The slow engine runs one plan in this many, because the plans do not differ for it. The number
   * is prime, so that it does not keep step with the choices.
   */
  private static final int THREADS_SHARE = 17;

  /** How a coroutine may end: by itself, or by one more step. */
  private enum End {
    BY_ITSELF,
    CANCELLED,
    TIMED_OUT
  }

  /** One run: the steps in order, the second in which each happens, and how the three end. */
  private record Plan(List<String> steps, List<Integer> seconds, List<End> ends) {

    static Plan choose(Interleavings choices) {
      List<End> ends = new ArrayList<>();
      List<List<String>> sequences = new ArrayList<>();
      for (String who : NAMES) {
        End end = choices.oneOf(List.of(End.values()));
        ends.add(end);
        sequences.add(end == End.BY_ITSELF ? List.of(who) : List.of(who, who + " ends"));
      }
      sequences.add(List.of(SERVE, SERVE));
      List<String> steps = choices.merge(sequences);
      if (!comeInOrder(steps)) {
        return new Plan(List.of(), List.of(), List.of());
      }
      // Which steps happen at the same time as the one before: none, a single one, or all.
      int together = choices.choose(steps.size() + 1);
      List<Integer> seconds = new ArrayList<>();
      int second = 0;
      for (int i = 0; i < steps.size(); i++) {
        if (i > 0 && i != together && together != steps.size()) {
          second++;
        }
        seconds.add(second);
      }
      return new Plan(steps, seconds, ends);
    }

    /** One order of names is enough: the others are the same runs under other names. */
    private static boolean comeInOrder(List<String> steps) {
      return steps.indexOf("a") < steps.indexOf("b") && steps.indexOf("b") < steps.indexOf("c");
    }

    End end(String who) {
      return ends.get(NAMES.indexOf(who));
    }

    /** Returns the time that {@code who} waits: until its last step, or for ever. */
    Duration patience(String who) {
      if (end(who) != End.TIMED_OUT) {
        return Duration.ofDays(1);
      }
      int comes = seconds.get(steps.indexOf(who));
      return Duration.ofSeconds(seconds.get(steps.indexOf(who + " ends")) - comes);
    }
  }

  /** What the three coroutines do. */
  private interface Scene {

    /** Starts one of them, with a time limit. */
    Future<Void> come(String who, Duration patience);

    /** Serves the next one. */
    void serve();

    /** Returns the names of those served, in order. */
    List<String> served();

    /** Asserts that nothing was lost. Call this last. */
    void check();
  }

  /** The lock's holder does nothing but wait until it is told to release. */
  private static final class LockScene implements Scene {
    private final List<String> served = new ArrayList<>();
    private final Lock lock = new Lock();
    private Releaser held = lock.acquire().result();

    @Override
    public Future<Void> come(String who, Duration patience) {
      return coroutine(
          () -> {
            Releaser mine = await(lock.acquire(patience));
            assertThat(held).as("two have the lock").isNull();
            held = mine;
            served.add(who);
            try {
              await(sleep(Duration.ofDays(2)));
            } finally {
              if (held == mine) {
                serve();
              }
            }
          });
    }

    @Override
    public void serve() {
      if (held != null) {
        Releaser releaser = held;
        held = null;
        releaser.close();
      }
    }

    @Override
    public List<String> served() {
      return served;
    }

    @Override
    public void check() {
      assertThat(lock).hasToString("Lock[unlocked, waiting=0]");
    }
  }

  private static final class QueueScene implements Scene {
    private final Queue<Integer> queue = new Queue<>();
    private final SortedMap<Integer, String> got = new TreeMap<>();
    private int put;

    @Override
    public Future<Void> come(String who, Duration patience) {
      return coroutine(
          () -> {
            got.put(await(queue.get(patience)), who);
            await(sleep(Duration.ofDays(2)));
          });
    }

    @Override
    public void serve() {
      queue.putNowait(put++);
    }

    @Override
    public List<String> served() {
      return List.copyOf(got.values());
    }

    @Override
    public void check() {
      assertThat(queue.toString()).contains("getters=0");
      while (!queue.empty()) {
        got.put(queue.getNowait(), "nobody");
      }
      assertThat(got).hasSize(put);
    }
  }

  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  @Test
  void lock() {
    tryAll(LockScene::new);
  }

  @Test
  void queue() {
    tryAll(QueueScene::new);
  }

  private void tryAll(Supplier<Scene> scene) {
    loop.makeCurrent();
    int share = Gen.generator().equals("thread") ? THREADS_SHARE : 1;
    int[] plans = new int[1];
    Interleavings.explore(
        choices -> {
          Plan plan = Plan.choose(choices);
          if (!plan.steps().isEmpty() && plans[0]++ % share == 0) {
            run(plan, scene.get());
          }
        });
    // The number of orders of the steps, times the number of ways in which they may coincide.
    assertThat(plans[0]).isEqualTo(3_360 * 9 + 1_260 * 8 + 180 * 7 + 10 * 6);
  }

  private void run(Plan plan, Scene scene) {
    List<Future<Void>> futures = new ArrayList<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      if (i > 0 && plan.seconds().get(i) > plan.seconds().get(i - 1)) {
        runFor(SECOND);
      }
      take(plan.steps().get(i), plan, scene, futures);
    }
    for (int i = 0; i <= NAMES.size(); i++) {
      runFor(SECOND);
      scene.serve();
    }
    runFor(SECOND);
    assertAllServed(plan, scene, futures);
    futures.forEach(future -> future.cancel(true));
    runFor(SECOND);
    assertThat(futures).allMatch(Future::done);
    scene.check();
    assertThat(loop.toString()).contains("timeouts=0").contains("suspended coroutines=0");
  }

  private static void take(String step, Plan plan, Scene scene, List<Future<Void>> futures) {
    if (step.equals(SERVE)) {
      scene.serve();
    } else if (NAMES.contains(step)) {
      futures.add(scene.come(step, plan.patience(step)));
    } else {
      String who = step.substring(0, 1);
      if (plan.end(who) == End.CANCELLED) {
        futures.get(NAMES.indexOf(who)).cancel(true);
      }
    }
  }

  private static void assertAllServed(Plan plan, Scene scene, List<Future<Void>> futures) {
    assertThat(scene.served()).as("served first come first served").isSorted();
    for (String who : NAMES) {
      boolean served = scene.served().contains(who);
      Future<Void> future = futures.get(NAMES.indexOf(who));
      switch (plan.end(who)) {
        case BY_ITSELF -> assertThat(served).isTrue();
        case CANCELLED -> assertThat(future.exception()).isInstanceOf(CancellationException.class);
        case TIMED_OUT -> {
          if (!served) {
            assertThat(future.exception()).isInstanceOf(LoopTimeoutException.class);
          }
        }
      }
    }
  }
}
