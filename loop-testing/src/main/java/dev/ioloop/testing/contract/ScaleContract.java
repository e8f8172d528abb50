package dev.ioloop.testing.contract;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Gen;
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
