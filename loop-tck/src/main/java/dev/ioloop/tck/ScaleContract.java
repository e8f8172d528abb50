package dev.ioloop.tck;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.multi;
import static dev.ioloop.Gen.shield;
import static dev.ioloop.Gen.sleep;
import static dev.ioloop.Gen.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many coroutines at once. */
@OnEachGenerator
public abstract class ScaleContract extends LoopContract {

  /** Made by subclasses. */
  protected ScaleContract() {}

  /** A continuation takes some hundred bytes; a thread of JDK 17 takes a thread. */
  private static int many() {
    return Gen.generator().equals("continuation") ? 100_000 : 2_000;
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyCoroutinesWaitAtOnceAndAllResume() {
    int many = many();
    int resumed =
        loop.runSync(
            () -> {
              Future<Integer> gate = new Future<>();
              List<Future<Integer>> waiting = new ArrayList<>(many);
              for (int i = 0; i < many; i++) {
                waiting.add(coroutine(() -> await(gate)));
              }
              loop.addCallback(() -> gate.setResult(1));
              int sum = 0;
              for (Future<Integer> future : waiting) {
                sum += await(future);
              }
              return sum;
            });
    assertThat(resumed).isEqualTo(many);
  }

  // The least of several figures is the cost without disturbance.
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void dumpOfManyIsBoundedAndHoldsTheLoopForAMoment() {
    int many = many();
    loop.makeCurrent();
    for (int i = 0; i < many; i++) {
      coroutine(() -> await(new Future<>()));
    }
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long begin = System.nanoTime();
      List<String> dump = loop.dump().lines().toList();
      least = Math.min(least, System.nanoTime() - begin);
      assertThat(dump).hasSizeBetween(200, 5_000);
      assertThat(dump.get(dump.size() - 1)).matches("  and " + (many / 1_000 - 1) + "\\d{3} more");
    }
    assertThat(Duration.ofNanos(least)).isLessThan(Duration.ofMillis(100));
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyCoroutinesAreUnwoundByClose() {
    int many = many();
    loop.makeCurrent();
    int[] unwound = new int[1];
    for (int i = 0; i < many; i++) {
      coroutine(
          () -> {
            try {
              await(new Future<>());
            } finally {
              unwound[0]++;
            }
          });
    }
    loop.close();
    assertThat(unwound[0]).isEqualTo(many);
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyWaitersOfOneFutureAreCancelledInAnyOrder() {
    int many = many();
    int[] ended = new int[1];
    loop.runSync(
        () -> {
          Future<String> shared = new Future<>();
          List<Future<Void>> waiting = new ArrayList<>(many);
          for (int i = 0; i < many; i++) {
            waiting.add(
                coroutine(
                    () -> {
                      try {
                        await(shared);
                      } finally {
                        ended[0]++;
                      }
                    }));
          }
          waiting.subList(0, many / 4).forEach(oldest -> oldest.cancel(true));
          List<Future<Void>> rest = waiting.subList(many / 4, many / 4 * 3);
          Collections.shuffle(rest, new Random(42));
          rest.forEach(any -> any.cancel(true));
          await(moment);
          await(moment);
          assertThat(ended[0]).isEqualTo(many / 4 * 3);
          shared.setResult("for the newest");
          await(moment);
          await(moment);
        });
    assertThat(ended[0]).isEqualTo(many);
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void longChainOfAwaitsIsCancelledFromItsEnd() {
    int many = many();
    int[] ended = new int[1];
    loop.runSync(
        () -> {
          Future<Void> last = sleep(Duration.ofHours(1));
          for (int i = 0; i < many; i++) {
            Future<Void> inner = last;
            last =
                coroutine(
                    () -> {
                      try {
                        await(inner);
                      } finally {
                        ended[0]++;
                      }
                    });
          }
          assertThat(last.cancel(true)).isTrue();
          Future<Void> cancelled = last;
          assertThatThrownBy(() -> await(cancelled)).isInstanceOf(CancellationException.class);
        });
    assertThat(ended[0]).isEqualTo(many);
    assertThat(loop.stats().timeoutsPending()).isZero();
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void longChainsOfFuturesEndInsideTheCompletingCall() {
    loop.runSync(
        () -> {
          Future<String> source = new Future<>();
          Future<String> shields = source;
          Future<?> joins = source;
          Future<String> limited = source;
          for (int i = 0; i < 20_000; i++) {
            shields = shield(shields);
            joins = multi(List.of(joins));
            limited = withTimeout(Duration.ofHours(1), limited);
          }
          source.addDoneCallback(done -> events.add("last callback"));
          shields.addDoneCallback(done -> events.add(done.result()));
          joins.addDoneCallback(done -> events.add("joined"));
          limited.addDoneCallback(done -> events.add("in time"));
          source.setResult("shielded");
          events.add("completed");
        });
    assertThat(events)
        .containsExactly("shielded", "joined", "in time", "last callback", "completed");
    assertThat(loop.stats().timeoutsPending()).isZero();
  }
}
