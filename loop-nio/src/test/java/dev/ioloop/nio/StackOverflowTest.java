package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A coroutine that runs out of stack, as the first failure of its process. */
@Timeout(60)
final class StackOverflowTest {

  /** Coroutines that start each other without end, and then ordinary ones. */
  static final class Program {
    private Program() {}

    static Future<Integer> endless(int depth) {
      return coroutine(() -> await(endless(depth + 1)) + 1);
    }

    public static void main(String[] arguments) {
      try (IOLoop loop = IOLoop.create("nio")) {
        try {
          loop.runSync(() -> await(endless(0)));
        } catch (StackOverflowError e) {
          System.out.println("overflow");
        }
        for (int i = 0; i < 2; i++) {
          loop.runSync(
              () -> {
                Future<Object> failing =
                    coroutine(
                        () -> {
                          await(moment);
                          throw new IOException("ordinary");
                        });
                try {
                  await(failing, IOException.class);
                } catch (IOException e) {
                  System.out.println(e.getMessage());
                }
              });
        }
      }
      System.out.println("closed");
    }
  }

  @Test
  void overflowIsTheFailureOfOneCoroutine() throws Exception {
    Assumptions.assumeTrue(ChildJvm.hasContinuations(), "needs bodies on the loop's own stack");
    try (ChildJvm child = ChildJvm.start(Program.class, List.of())) {
      assertThat(child.readAll()).containsExactly("overflow", "ordinary", "ordinary", "closed");
    }
  }
}
