package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Coroutines: when their segments run, and in what order. */
@OnEachGenerator
public abstract class CoroutineContract extends LoopContract {

  /** Made by subclasses. */
  protected CoroutineContract() {}

  /** The program that the project started from. */
  private final class Demo {
    private Future<Integer> future;

    Future<Integer> asynSum(int a, int b) {
      return coroutine(
          () -> {
            events.add(" asyn_sum " + a + " " + b);
            if (future == null || future.done()) {
              future = new Future<>();
              loop.addCallback(() -> future.setResult(a + b));
            }
            int result = await(future);
            events.add("after yielded");
            events.add(a + " " + b + " " + result);
            return result;
          });
    }
  }

  @Test
  void seedProgramPrintsItsTranscript() {
    loop.makeCurrent();
    Future<Integer> first = new Demo().asynSum(2, 3);
    events.add(first.done());
    Future<Integer> second = new Demo().asynSum(2, 3);
    events.add(second.done());
    events.add("start  ****");
    second.addDoneCallback(done -> loop.stop());
    loop.start();
    assertThat(events)
        .containsExactly(
            " asyn_sum 2 3",
            false,
            " asyn_sum 2 3",
            false,
            "start  ****",
            "after yielded",
            "2 3 5",
            "after yielded",
            "2 3 5");
    assertThat(List.of(first.result(), second.result())).containsExactly(5, 5);
  }

  @Test
  void firstSegmentRunsInTheCaller() {
    loop.runSync(
        () -> {
          Future<String> future =
              coroutine(
                  () -> {
                    events.add("first segment");
                    await(moment);
                    events.add("second segment");
                    return "result";
                  });
          events.add("called");
          events.add(await(future));
        });
    assertThat(events).containsExactly("first segment", "called", "second segment", "result");
  }

  @Test
  void exceptionInTheFirstSegmentIsStoredAndNotThrown() {
    loop.runSync(
        () -> {
          IOException failure = new IOException("failed on purpose");
          Future<Void> future =
              coroutine(
                  (Action)
                      () -> {
                        throw failure;
                      });
          assertThat(future.done()).isTrue();
          assertThat(future.exception()).isSameAs(failure);
          assertThatThrownBy(() -> await(future)).isSameAs(failure);
          events.add("checked");
        });
    assertThat(events).containsExactly("checked");
  }

  @Test
  void coroutineThatNeverAwaitsIsDoneWhenTheCallReturns() {
    loop.runSync(
        () -> {
          events.add(coroutine(() -> "result").result());
          events.add(coroutine((Action) () -> events.add("action")).result() == null);
          events.add(coroutine(() -> null).result() == null);
        });
    assertThat(events).containsExactly("result", "action", true, true);
  }

  private Future<Void> fiveTimes(String name, Future<Void> awaited) {
    return coroutine(
        () -> {
          for (int i = 0; i < 5; i++) {
            events.add(name);
            await(awaited);
          }
        });
  }

  private String order(boolean firstDone, boolean secondDone) {
    events.clear();
    Future<Void> done = new Future<>();
    done.setResult(null);
    loop.runSync(
        () -> {
          Future<Void> a = fiveTimes("a", firstDone ? done : moment);
          Future<Void> b = fiveTimes("b", secondDone ? done : moment);
          await(a);
          await(b);
        });
    return String.join("", events.stream().map(Object::toString).toList());
  }

  // Tornado: test_moment
  @Test
  void doneFuturesGoOnAtOnceAndMomentTakesATurn() {
    assertThat(order(true, true)).isEqualTo("aaaaabbbbb");
    assertThat(order(false, false)).isEqualTo("ababababab");
    assertThat(order(true, false)).isEqualTo("aaaaabbbbb");
    assertThat(order(false, true)).isEqualTo("abbbbbaaaa");
  }

  // Up to 64 turns may pass without a look at the clock.
  @Test
  void momentLetsCallbacksAndTimeoutsRun() {
    loop.runSync(
        () -> {
          loop.addCallback(record("callback"));
          loop.callAt(loop.time(), record("timeout"));
          await(moment);
          events.add("resumed");
          for (int i = 0; i < 65; i++) {
            await(moment);
          }
        });
    assertThat(events).containsExactlyInAnyOrder("callback", "timeout", "resumed");
    assertThat(events.indexOf("callback")).isLessThan(events.indexOf("resumed"));
  }

  @Test
  void manyDoneFuturesDoNotGrowTheStack() {
    int depth =
        loop.runSync(
            () -> {
              Future<String> done = coroutine(() -> "done");
              for (int i = 0; i < 100_000; i++) {
                await(done);
              }
              return new Throwable().getStackTrace().length;
            });
    assertThat(depth).isLessThan(100);
  }

  // Each completion resumes the next coroutine; no stack must build up in between.
  @Test
  void manyCoroutinesInAChainDoNotGrowTheStack() {
    int length = Gen.generator().equals("continuation") ? 10_000 : 300;
    loop.runSync(
        () -> {
          Future<Integer> first = new Future<>();
          Future<Integer> last = first;
          for (int i = 0; i < length; i++) {
            Future<Integer> before = last;
            last = coroutine(() -> await(before) + 1);
          }
          first.setResult(0);
          events.add(await(last));
        });
    assertThat(events).containsExactly(length);
  }

  private Future<Integer> count(int depth) {
    return coroutine(
        () -> {
          if (depth == 0) {
            await(moment);
            return 0;
          }
          return 1 + await(count(depth - 1));
        });
  }

  @Test
  void coroutinesMayRecurse() {
    assertThat(loop.runSync(() -> count(100))).isEqualTo(100);
  }

  @Test
  void resumptionTakesATurnAndKeepsTheOrderOfCompletion() {
    loop.runSync(
        () -> {
          Future<String> first = new Future<>();
          Future<String> second = new Future<>();
          Future<Void> a = coroutine((Action) () -> events.add(await(first)));
          Future<Void> b = coroutine((Action) () -> events.add(await(second)));
          loop.addCallback(record("queued before"));
          second.setResult("second");
          first.setResult("first");
          events.add("completed");
          await(a);
          await(b);
        });
    assertThat(events).containsExactly("completed", "queued before", "second", "first");
  }

  @Test
  void futureCompletedInsideASegmentResumesNobodyInsideIt() {
    loop.runSync(
        () -> {
          Future<String> future = new Future<>();
          Future<Void> waiter = coroutine((Action) () -> events.add(await(future)));
          Future<Void> completer =
              coroutine(
                  () -> {
                    events.add("before");
                    future.setResult("result");
                    events.add("after");
                  });
          await(waiter);
          await(completer);
        });
    assertThat(events).containsExactly("before", "after", "result");
  }

  @Test
  void stackOverflowInABodyGoesIntoItsFuture() {
    loop.runSync(
        () -> {
          Future<Integer> future = coroutine(this::overflow);
          assertThat(future.exception()).isInstanceOf(StackOverflowError.class);
          await(moment);
          events.add("goes on");
        });
    assertThat(events).containsExactly("goes on");
  }

  private Integer overflow() {
    return overflow() + 1;
  }
}
