package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs out of stack, as the first failure of its process. */
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

  /** Generators that step each other without end, and then coroutines that start each other. */
  static final class Generators {
    private Generators() {}

    static int endless(int depth) {
      try (Generator<Integer, Object, Integer> inner =
          Generator.of(
              body -> {
                body.yield(endless(depth + 1));
                return 0;
              })) {
        return inner.next() + 1;
      }
    }

    static Future<Integer> nested(int depth) {
      return coroutine(
          () -> {
            await(moment);
            return depth == 0 ? 0 : await(nested(depth - 1)) + 1;
          });
    }

    public static void main(String[] arguments) {
      try (IOLoop loop = IOLoop.create("nio")) {
        try {
          loop.runSync(() -> endless(0));
        } catch (StackOverflowError e) {
          System.out.println("overflow");
        }
        System.out.println(loop.runSync(() -> await(nested(2_500))));
      }
    }
  }

  /** Texts of the project that are first made where there is no stack for them. */
  static final class Texts {
    private Texts() {}

    private static String text(IOLoop loop) {
      try {
        return text(loop);
      } catch (StackOverflowError e) {
        return loop.toString();
      }
    }

    public static void main(String[] arguments) {
      try (IOLoop loop = IOLoop.create("nio")) {
        System.out.println(text(loop).equals(loop.toString()));
      }
    }
  }

  private static List<String> run(Class<?> program, String engine) throws Exception {
    List<String> flags = List.of("-Ddev.ioloop.generator=".concat(engine));
    try (ChildJvm child = ChildJvm.start(program, Duration.ofSeconds(40), flags)) {
      return child.readAll();
    }
  }

  @Test
  void overflowIsTheFailureOfOneCoroutine() throws Exception {
    Assumptions.assumeTrue(ChildJvm.hasContinuations(), "needs bodies on the loop's own stack");
    assertThat(run(Program.class, "continuation"))
        .containsExactly("overflow", "ordinary", "ordinary", "closed");
  }

  @Test
  void coroutinesOnThreadsOverflowBeforeTheThreadsRunOut() throws Exception {
    assertThat(run(Program.class, "thread"))
        .containsExactly("overflow", "ordinary", "ordinary", "closed");
  }

  @Test
  void onlyWhatIsInsideAnotherCounts() throws Exception {
    assertThat(run(Generators.class, "thread")).containsExactly("overflow", "2500");
  }

  @Test
  void textsCanBeMadeAfterAnOverflow() throws Exception {
    assertThat(run(Texts.class, "thread")).containsExactly("true");
  }
}
