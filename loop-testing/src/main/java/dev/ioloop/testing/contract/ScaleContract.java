package dev.ioloop.testing.contract;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many coroutines at once. */
@OnEachGenerator
@Tag("slow")
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

  // The least of some is what it costs where nothing else disturbs.
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
}
