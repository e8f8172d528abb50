package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.testing.Interleavings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancellation in every order of requests, completions and turns of the loop. */
@OnEachGenerator
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class CancellationOrderContract extends LoopContract {

  /** More turns than any body here needs. */
  private static final int MANY_TURNS = 20;

  /** Made by subclasses. */
  protected CancellationOrderContract() {}

  /** Runs {@code scenario} for each choice, each time with a loop and a list of its own. */
  private void explore(int expectedRuns, Interleavings.Scenario scenario) {
    int runs =
        Interleavings.explore(
            choices -> {
              loop.close();
              loop = newLoop();
              loop.makeCurrent();
              events.clear();
              scenario.run(choices);
            });
    assertThat(runs).isEqualTo(expectedRuns);
  }

  /** Awaits, and records how that ended. */
  private void step(String name, Future<?> awaited) {
    try {
      await(awaited);
      events.add(name);
    } catch (CancellationException e) {
      events.add(name + " cancelled");
      throw e;
    }
  }

  private void runUntilDone(Future<?> future) {
    for (int i = 0; i < MANY_TURNS && !future.done(); i++) {
      runOneTurn();
    }
    assertThat(future.done()).as("done").isTrue();
  }

  private long countOf(String suffix) {
    return events.stream().filter(event -> event.toString().endsWith(suffix)).count();
  }

  // No await comes after the first one, so the first event that reaches the coroutine decides.
  @Test
  void firstOfResultAndCancelDecidesAtTheOnlyAwait() {
    explore(
        2 * 30,
        choices -> {
          Future<String> data = choices.choose(2) == 0 ? new Future<>() : Future.owned(() -> {});
          List<String> order =
              choices.merge(
                  List.of(List.of("cancel", "cancel"), List.of("data"), List.of("turn", "turn")));
          Future<String> body =
              coroutine(
                  () -> {
                    try {
                      step("data", data);
                      return "result";
                    } finally {
                      events.add("finally");
                    }
                  });
          order.forEach(step -> run(step, body, data));
          runUntilDone(body);
          boolean cancelled = order.indexOf("cancel") < order.indexOf("data");
          assertThat(events).containsExactly(cancelled ? "data cancelled" : "data", "finally");
          assertThat(body.cancelled()).isEqualTo(cancelled);
        });
  }

  private void run(String step, Future<?> cancelled, Future<String> data) {
    switch (step) {
      case "turn" -> runOneTurn();
      case "data" -> data.complete("data");
      default -> cancelled.cancel(true);
    }
  }

  @Test
  void requestThatWasAcceptedIsRaisedExactlyOnceAndFinallyRunsOnce() {
    explore(
        4 * 420,
        choices -> {
          int[] released = new int[1];
          Future<String> data =
              choices.choose(2) == 0 ? new Future<>() : Future.owned(() -> released[0]++);
          boolean owned = data.getClass() != Future.class;
          Future<String> gate = choices.choose(2) == 0 ? new Future<>() : Future.owned(() -> {});
          List<String> order =
              choices.merge(
                  List.of(
                      List.of("cancel", "cancel"),
                      List.of("data"),
                      List.of("gate"),
                      List.of("turn", "turn", "turn")));
          Future<String> body =
              coroutine(
                  () -> {
                    try {
                      step("data", data);
                      step("gate", gate);
                      return "result";
                    } finally {
                      events.add("finally");
                      step("unwound", moment);
                    }
                  });
          boolean accepted = false;
          for (String step : order) {
            if (step.equals("cancel")) {
              accepted |= body.cancel(true);
            } else {
              run(step.replace("gate", "data"), body, step.equals("gate") ? gate : data);
            }
          }
          runUntilDone(body);
          boolean cancelledFirst = order.indexOf("cancel") < order.indexOf("data");
          assertThat(countOf(" cancelled")).isEqualTo(accepted ? 1 : 0);
          assertThat(countOf("finally")).isEqualTo(1);
          assertThat(events).startsWith(cancelledFirst ? "data cancelled" : "data");
          assertThat(events.get(events.size() - 1)).asString().startsWith("unwound");
          assertThat(body.cancelled()).isEqualTo(accepted);
          assertThat(released[0]).isEqualTo(owned && cancelledFirst ? 1 : 0);
        });
  }

  private Future<String> level(String name, Future<?> awaited) {
    return coroutine(
        () -> {
          try {
            step(name, awaited);
            return name;
          } finally {
            events.add(name + " finally");
            await(moment);
            events.add(name + " unwound");
          }
        });
  }

  /**
   * Cancels each coroutine of a chain, of which each alone awaits the one before, and completes
   * what the first one awaits. In every order, none ends before the one that it awaits.
   */
  private void endFromTheInsideOut(Interleavings choices, List<String> names) {
    Future<String> data = choices.choose(2) == 0 ? new Future<>() : Future.owned(() -> {});
    List<List<String>> sequences = new ArrayList<>();
    names.forEach(name -> sequences.add(List.of(name)));
    sequences.add(List.of("data"));
    sequences.add(List.of("turn", "turn", "turn"));
    List<String> order = choices.merge(sequences);
    Map<String, Future<String>> chain = new LinkedHashMap<>();
    Future<String> last = data;
    for (String name : names) {
      last = level(name, last);
      chain.put(name, last);
    }
    for (String step : order) {
      run(step, chain.get(step), data);
    }
    runUntilDone(last);
    boolean cancelled =
        names.stream().mapToInt(order::indexOf).min().orElseThrow() < order.indexOf("data");
    String first = names.get(0);
    assertThat(events.get(0)).isEqualTo(cancelled ? first + " cancelled" : first);
    List<String> ends = new ArrayList<>();
    for (Object event : events) {
      String name = event.toString().replaceAll(" .*", "");
      if (ends.isEmpty() || !ends.get(ends.size() - 1).equals(name)) {
        ends.add(name);
      }
    }
    assertThat(ends).isEqualTo(names);
    names.forEach(name -> assertThat(countOf(name + " finally")).isEqualTo(1));
    assertThat(chain.values()).allMatch(Future::done);
  }

  @Test
  void chainOfTwoEndsFromTheInsideOutInEveryOrder() {
    explore(2 * 120, choices -> endFromTheInsideOut(choices, List.of("inner", "outer")));
  }

  @Test
  void chainOfThreeEndsFromTheInsideOutInEveryOrder() {
    explore(2 * 840, choices -> endFromTheInsideOut(choices, List.of("inner", "middle", "outer")));
  }

  @Test
  void coroutineSpawnedAndCancelledNeverBeginsOrIsToldWhereItWaits() {
    explore(
        3,
        choices -> {
          List<String> order = choices.merge(List.of(List.of("cancel"), List.of("turn", "turn")));
          Future<Void> spawned =
              loop.spawnCallback(
                  () -> {
                    events.add("began");
                    step("resumed", moment);
                  });
          order.forEach(step -> run(step, spawned, new Future<>()));
          switch (order.indexOf("cancel")) {
            case 0 -> assertThat(events).isEmpty();
            case 1 -> assertThat(events).containsExactly("began", "resumed cancelled");
            default -> assertThat(events).containsExactly("began", "resumed");
          }
          assertThat(spawned.done()).isTrue();
          assertThat(spawned.cancelled()).isEqualTo(order.indexOf("cancel") < 2);
        });
  }

  // A done callback runs before or after the coroutine is told of the same completion.
  @Test
  void cancelInsideTheCompletionDoesNotLoseTheResult() {
    explore(
        2,
        choices -> {
          boolean before = choices.choose(2) == 0;
          Future<String> data = new Future<>();
          List<Future<String>> body = new ArrayList<>();
          Runnable cancelWhenDone = () -> data.addDoneCallback(done -> body.get(0).cancel(true));
          if (before) {
            cancelWhenDone.run();
          }
          body.add(level("body", data));
          if (!before) {
            cancelWhenDone.run();
          }
          data.setResult("data");
          runUntilDone(body.get(0));
          assertThat(events).containsExactly("body", "body finally");
          assertThat(body.get(0).cancelled()).isTrue();
        });
  }

  @Test
  void cycleOfAwaitsEndsWhenAnyOfItsMembersIsCancelled() {
    explore(
        1 + 2 + 3,
        choices -> {
          int size = 1 + choices.choose(3);
          List<Future<String>> cycle = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            int next = (i + 1) % size;
            cycle.add(
                coroutine(
                    () -> {
                      try {
                        await(moment);
                        return await(cycle.get(next));
                      } finally {
                        events.add("finally");
                      }
                    }));
          }
          runOneTurn();
          runOneTurn();
          cycle.get(choices.choose(size)).cancel(true);
          cycle.forEach(this::runUntilDone);
          assertThat(events).hasSize(size);
          assertThat(cycle).allMatch(Future::cancelled);
        });
  }

  @Test
  void coroutineThatCancelsItselfIsToldOnceAtItsNextAwaitThatWaits() {
    explore(
        3,
        choices -> {
          Future<?> next =
              choices.oneOf(List.<Future<?>>of(new Future<>(), Future.owned(() -> {}), moment));
          List<Future<String>> self = new ArrayList<>();
          self.add(
              coroutine(
                  () -> {
                    await(moment);
                    events.add(self.get(0).cancel(true));
                    await(Future.succeeded("done already"));
                    events.add("goes on");
                    try {
                      step("next", next);
                    } finally {
                      step("in finally", moment);
                    }
                    return "result";
                  }));
          runUntilDone(self.get(0));
          assertThat(events).containsExactly(true, "goes on", "next cancelled", "in finally");
          assertThat(self.get(0).cancelled()).isTrue();
        });
  }

  // The outcome of the inner one is delivered, and the request is not forgotten.
  @Test
  void outerCoroutineIsToldAtItsNextAwaitWhereTheInnerSwallowedTheRequest() {
    loop.runSync(
        () -> {
          Future<String> inner =
              coroutine(
                  () -> {
                    try {
                      return await(new Future<String>());
                    } catch (CancellationException e) {
                      return "swallowed";
                    }
                  });
          Future<Void> outer =
              coroutine(
                  () -> {
                    events.add(await(inner));
                    step("next", new Future<>());
                  });
          outer.cancel(true);
          WaiterContract.awaitEnd(outer);
        });
    assertThat(events).containsExactly("swallowed", "next cancelled");
  }

  /** Many rounds in which another thread completes what a coroutine awaits that is cancelled. */
  @Test
  void cancelAgainstACompletionByAnotherThreadEndsInOneOfTwoWays() throws Exception {
    int rounds = 2_000;
    List<Future<String>> data = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      data.add(new Future<>());
    }
    int[] next = {-1};
    OtherThread<Void> other =
        OtherThread.run(
            () -> {
              for (int i = 0; i < rounds; i++) {
                awaitRound(next, i);
                data.get(i).complete("data");
              }
            });
    loop.runSync(
        () -> {
          for (int i = 0; i < rounds; i++) {
            events.clear();
            Future<String> body = level("body", data.get(i));
            startRound(next, i);
            body.cancel(true);
            WaiterContract.awaitEnd(body);
            assertThat(events)
                .isIn(
                    List.of("body cancelled", "body finally", "body unwound"),
                    List.of("body", "body finally"));
          }
        });
    other.join();
  }

  private static void startRound(int[] next, int round) {
    synchronized (next) {
      next[0] = round;
      next.notifyAll();
    }
  }

  private static void awaitRound(int[] next, int round) throws InterruptedException {
    synchronized (next) {
      while (next[0] < round) {
        next.wait();
      }
    }
  }
}
