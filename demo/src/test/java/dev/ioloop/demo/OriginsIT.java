package dev.ioloop.demo;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.Gen.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.TaskGroup;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With {@code -Ddev.ioloop.debug=true} reports name the line that something comes from. */
final class OriginsIT {

  /** Run in a JVM of its own. */
  static final class Program {
    /** What was known while the loop was blocked; later callbacks of the iteration add to it. */
    private static String slow = "";

    private Program() {}

    public static void main(String[] arguments) {
      System.setErr(System.out); // The log goes there.
      try (IOLoop loop = IOLoop.create("nio")) {
        loop.runSync(
            () -> {
              await(coroutine(named("parent", Program::start)));
              lose();
              post(loop);
              block(loop);
              set(loop);
              forget();
              await(moment);
              await(moment);
              System.out.println(loop.dump());
              System.out.println("slow: " + slow);
            });
      }
    }

    private static void start() {
      coroutine(() -> await(new Future<Void>()));
    }

    private static void post(IOLoop loop) {
      loop.addCallback(
          () -> {
            throw new IllegalStateException("posted");
          });
    }

    private static void block(IOLoop loop) {
      loop.setBlockingLogThreshold(Duration.ofMillis(10));
      loop.addCallback(
          () -> {
            while (!slow.contains("lambda$block")) {
              slow = loop.slowCallbacks().toString();
            }
          });
    }

    private static void set(IOLoop loop) {
      loop.callLater(
          Duration.ZERO,
          () -> {
            throw new IllegalStateException("set");
          });
    }

    /** Starts coroutines, on two lines, that return what they should have awaited. */
    private static void forget() {
      for (int i = 0; i < 3; i++) {
        coroutine(() -> new Future<Void>());
      }
      TaskGroup.run(
          group -> {
            group.start(() -> Future.succeeded("done already"));
            return group.start(() -> new Future<Void>()).done();
          });
    }

    private static void lose() {
      Future<Void> lost = new Future<>();
      lost.setException(new IllegalStateException("lost"));
    }
  }

  private static String run(String debug) throws Exception {
    String classes =
        Path.of("target", "ioloop-demo.jar")
            + File.pathSeparator
            + Path.of("target", "test-classes");
    JavaRun run =
        JavaRun.of(List.of("-Ddev.ioloop.debug=" + debug, "-cp", classes, Program.class.getName()));
    assertThat(run.code()).isZero();
    return String.join("\n", run.out());
  }

  @Test
  void debugModeNamesTheLines() throws Exception {
    String line = "\\S*Program\\.%s\\(OriginsIT\\.java:\\d+\\)";
    assertThat(run("true"))
        .containsPattern(
            "coroutine of .*\n +started at "
                + line.formatted("start")
                + ", in the coroutine \"parent\"")
        .containsPattern("Exception in callback .*, posted at " + line.formatted("post"))
        .containsPattern("Exception in callback .*, posted at " + line.formatted("set"))
        .containsPattern("blocked for \\d+ ms, from " + line.formatted("block"))
        .containsPattern("Z: \\d+ ms( and not over)?, from " + line.formatted("block"))
        .containsPattern(
            "Future, made at "
                + line.formatted("lose")
                + ", in the coroutine of \\S+: its exception was never");
  }

  @Test
  void debugModeWarnsOfABodyThatReturnsAPendingFutureOnceForEachLine() throws Exception {
    assertThat(run("true").lines().filter(line -> line.contains("await(..) it in the body")))
        .hasSize(2)
        .allMatch(line -> line.matches(".* started at \\S*forget\\S*\\(OriginsIT.java:\\d+\\) .*"));
  }

  @Test
  void otherwiseNothingIsRemembered() throws Exception {
    assertThat(run("false"))
        .contains("Exception in callback", "coroutine of ", "never retrieved")
        .doesNotContain("started at", "posted at", "made at");
  }
}
