package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.locks.Condition;
import dev.ioloop.locks.Semaphore;
import dev.ioloop.queues.Queue;
import dev.ioloop.testing.Interleavings;
import dev.ioloop.testing.Testing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Three waiters, in every order of arriving, being served, being cancelled and timing out. The
 * outcome is compared with a model, which is a list of names and a number.
 *
 * <p>Step number n of a run happens at second n, and a waiter that times out in step n was given
 * the time until then when it came.
 */
final class WaitingInLineTest extends LoopContract {

  private static final Duration STEP = Duration.ofSeconds(1);
  private static final List<String> NAMES = List.of("a", "b", "c");

  private enum Deed {
    COMES,
    IS_CANCELLED,
    TIMES_OUT,
    SERVE
  }

  private record Step(Deed deed, String who) {
    static final Step SERVE = new Step(Deed.SERVE, "");

    @Override
    public String toString() {
      return who.isEmpty() ? "serve" : who + " " + deed.name().toLowerCase().replace('_', ' ');
    }
  }

  /**
   * The lock or queue that is waited for.
   *
   * @param primitive the lock or queue, whose text tells how many wait, after {@code counter}
   * @param come joins the line, with a name, and for so long at most where it is given
   * @param serve serves the next one
   * @param check asserts what depends on who was served, in which order
   */
  private record Line(
      Object primitive,
      String counter,
      BiFunction<String, @Nullable Duration, Future<?>> come,
      Runnable serve,
      Consumer<List<String>> check) {

    void assertWaiting(int n) {
      assertThat(primitive.toString()).contains(counter + "=" + n);
    }
  }

  /** What should happen. */
  private static final class Model {
    final List<Object> events = new ArrayList<>();
    final List<String> served = new ArrayList<>();
    final Deque<String> line = new ArrayDeque<>();
    private final boolean remembers;
    private int free;

    Model(boolean remembers) {
      this.remembers = remembers;
    }

    void take(Step step) {
      switch (step.deed()) {
        case COMES -> {
          line.add(step.who());
          serve();
        }
        case IS_CANCELLED -> leave(step.who(), " is cancelled");
        case TIMES_OUT -> leave(step.who(), " times out");
        case SERVE -> {
          free++;
          serve();
          free = remembers ? free : 0;
        }
      }
    }

    private void serve() {
      if (free > 0 && !line.isEmpty()) {
        free--;
        served.add(line.peek());
        events.add(line.remove() + " is served");
      }
    }

    private void leave(String who, String how) {
      if (line.remove(who)) {
        events.add(who + how);
      }
    }
  }

  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  private void tryAll(boolean remembers, Supplier<Line> newLine) {
    loop.makeCurrent();
    int runs =
        Interleavings.explore(
            choices -> {
              List<Step> order = chooseOrder(choices);
              if (comeInOrder(order)) {
                run(order, new Model(remembers), newLine);
              }
            });
    // 8 * 8!/(2!2!2!2!) where all leave, 12 * 7!/(2!2!2!) where one stays, and so on.
    assertThat(runs).isEqualTo(20_160 + 7_560 + 1_080 + 60);
  }

  private static List<Step> chooseOrder(Interleavings choices) {
    List<List<Step>> sequences = new ArrayList<>();
    for (String who : NAMES) {
      Step comes = new Step(Deed.COMES, who);
      sequences.add(
          choices.oneOf(
              List.of(
                  List.of(comes),
                  List.of(comes, new Step(Deed.IS_CANCELLED, who)),
                  List.of(comes, new Step(Deed.TIMES_OUT, who)))));
    }
    sequences.add(List.of(Step.SERVE, Step.SERVE));
    return choices.merge(sequences);
  }

  /** One order of names is enough: the others are the same runs under other names. */
  private static boolean comeInOrder(List<Step> order) {
    return order.stream()
        .filter(step -> step.deed() == Deed.COMES)
        .map(Step::who)
        .toList()
        .equals(NAMES);
  }

  private void run(List<Step> order, Model model, Supplier<Line> newLine) {
    events.clear();
    Line line = newLine.get();
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      Step step = order.get(i);
      switch (step.deed()) {
        case COMES -> futures.add(come(line, step.who(), limit(order, i, step.who())));
        case IS_CANCELLED -> futures.get(NAMES.indexOf(step.who())).cancel(true);
        case TIMES_OUT -> {
          // The time limit is reached.
        }
        case SERVE -> line.serve().run();
      }
      model.take(step);
      assertThat(events).isEqualTo(model.events);
      line.assertWaiting(model.line.size());
      runFor(STEP);
    }
    while (!model.line.isEmpty()) {
      line.serve().run();
      model.take(Step.SERVE);
    }
    assertThat(events).isEqualTo(model.events);
    line.check().accept(model.served);
    line.assertWaiting(0);
    assertThat(loop.toString()).contains("timeouts=0");
  }

  private static @Nullable Duration limit(List<Step> order, int now, String who) {
    int end = order.indexOf(new Step(Deed.TIMES_OUT, who));
    return end < 0 ? null : STEP.multipliedBy(end - now);
  }

  private Future<?> come(Line line, String who, @Nullable Duration limit) {
    Future<?> future = line.come().apply(who, limit);
    future.addDoneCallback(
        done -> {
          if (done.cancelled()) {
            events.add(who + " is cancelled");
          } else if (done.exception() != null || Boolean.FALSE.equals(done.result())) {
            events.add(who + " times out");
          } else {
            events.add(who + " is served");
          }
        });
    return future;
  }

  @Test
  void semaphore() {
    tryAll(
        true,
        () -> {
          Semaphore semaphore = new Semaphore(0);
          return new Line(
              semaphore,
              "waiting",
              (who, limit) -> limit == null ? semaphore.acquire() : semaphore.acquire(limit),
              semaphore::release,
              served -> {});
        });
  }

  @Test
  void condition() {
    tryAll(
        false,
        () -> {
          Condition condition = new Condition();
          return new Line(
              condition,
              "waiting",
              (who, limit) -> limit == null ? condition.await() : condition.await(limit),
              condition::signal,
              served -> {});
        });
  }

  @Test
  void gettersOfAQueue() {
    tryAll(
        true,
        () -> {
          Queue<Integer> queue = new Queue<>();
          List<Integer> got = new ArrayList<>();
          int[] put = new int[1];
          return new Line(
              queue,
              "getters",
              (who, limit) -> {
                Future<Integer> item = limit == null ? queue.get() : queue.get(limit);
                item.addDoneCallback(
                    done -> {
                      if (done.exception() == null) {
                        got.add(done.result());
                      }
                    });
                return item;
              },
              () -> queue.putNowait(put[0]++),
              served -> {
                assertThat(got).hasSameSizeAs(served);
                while (!queue.empty()) {
                  got.add(queue.getNowait());
                }
                assertThat(got).hasSize(put[0]).isSorted().doesNotHaveDuplicates();
              });
        });
  }

  @Test
  void puttersOfAQueue() {
    tryAll(
        true,
        () -> {
          Queue<String> queue = new Queue<>(2);
          queue.putNowait("first");
          queue.putNowait("second");
          List<String> got = new ArrayList<>();
          return new Line(
              queue,
              "putters",
              (who, limit) -> limit == null ? queue.put(who) : queue.put(who, limit),
              () -> got.add(queue.getNowait()),
              served -> {
                while (!queue.empty()) {
                  got.add(queue.getNowait());
                }
                assertThat(got.subList(0, 2)).containsExactly("first", "second");
                assertThat(got.subList(2, got.size())).isEqualTo(served);
              });
        });
  }
}
