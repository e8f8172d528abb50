package dev.ioloop.nio;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Action;
import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.Generator;
import dev.ioloop.IOLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With {@code -Ddev.ioloop.debug=true} an await that keeps a monitor is found. */
@Timeout(60)
final class DebugModeTest {

  /** The program: its arguments are the coroutine engine and the name of a body. */
  static final class Program {
    private static final Object MONITOR = new Object();
    private static final Object OTHER_MONITOR = new Object();
    private static String where = "";

    private Program() {}

    public static void main(String[] arguments) {
      Gen.configure(arguments[0]);
      try (IOLoop loop = IOLoop.create("nio")) {
        Action body =
            switch (arguments[1]) {
              case "block" -> Program::awaitInABlock;
              case "method" -> Program::awaitBelowAMethod;
              case "generator" -> Program::awaitInAGenerator;
              case "harmless" -> Program::awaitHarmlessly;
              default -> throw new IllegalArgumentException(arguments[1]);
            };
        if (arguments[1].equals("harmless")) {
          synchronized (MONITOR) {
            loop.runSync(body);
          }
          return;
        }
        try {
          loop.runSync(body);
          System.out.println("not refused");
        } catch (IllegalStateException e) {
          System.out.println(where);
          System.out.println(e.getMessage());
        }
        loop.runSync(() -> await(sleep(Duration.ZERO)));
        System.out.println("goes on");
      }
    }

    /** Notes the line it is called on. */
    private static Future<Void> here() {
      where =
          StackWalker.getInstance()
              .walk(frames -> frames.skip(1).findFirst().orElseThrow().toStackTraceElement())
              .toString()
              .replace("app//", ""); // The class loader, which some JDKs name.
      return sleep(Duration.ofMillis(1));
    }

    private static void awaitInABlock() {
      synchronized (MONITOR) {
        await(here());
      }
    }

    private static synchronized void awaitBelowAMethod() {
      here();
      awaitBelow(); // One line below the one that is noted.
    }

    private static void awaitBelow() {
      await(sleep(Duration.ofMillis(1)));
    }

    private static void awaitInAGenerator() {
      Generator<String, Void, Void> generator =
          Generator.of(
              g -> {
                synchronized (MONITOR) {
                  await(here());
                }
                return null;
              });
      generator.hasNext();
      generator.result();
    }

    private static void awaitHarmlessly() {
      synchronized (OTHER_MONITOR) {
        await(Future.succeeded("done already"));
      }
      await(sleep(Duration.ofMillis(1)));
      System.out.println("not refused");
    }
  }

  /** The engine with which the JDK can tell a body's monitors; on a virtual thread it cannot. */
  private static String make() {
    return ChildJvm.hasContinuations() ? "continuation" : "thread";
  }

  private static List<String> run(String body) throws Exception {
    try (ChildJvm child =
        ChildJvm.start(Program.class, List.of("-Ddev.ioloop.debug=true"), make(), body)) {
      List<String> lines = child.readAll();
      assertThat(child.waitForExit()).isZero();
      return lines;
    }
  }

  @Test
  void awaitInASynchronizedBlockIsRefusedAndItsLineIsNamed() throws Exception {
    List<String> lines = run("block");
    assertThat(lines).hasSize(3).endsWith("goes on");
    assertThat(lines.get(0)).contains("awaitInABlock");
    assertThat(lines.get(1))
        .contains("await() inside synchronized at " + lines.get(0))
        .contains("java.lang.Object")
        .contains("dev.ioloop.locks");
  }

  @Test
  void awaitBelowASynchronizedMethodIsRefusedAndTheLineThereIsNamed() throws Exception {
    List<String> lines = run("method");
    assertThat(lines).hasSize(3).endsWith("goes on");
    int noted = lineOf(lines.get(0));
    assertThat(lines.get(1))
        .contains("await() inside synchronized at ")
        .contains("awaitBelowAMethod(DebugModeTest.java:" + (noted + 1) + ")");
  }

  private static int lineOf(String frame) {
    return Integer.parseInt(frame.substring(frame.indexOf(':') + 1, frame.indexOf(')')));
  }

  @Test
  void awaitInASynchronizedBlockOfAGeneratorIsRefusedToo() throws Exception {
    List<String> lines = run("generator");
    assertThat(lines).hasSize(3).endsWith("goes on");
    assertThat(lines.get(1)).contains("await() inside synchronized at " + lines.get(0));
  }

  // Neither a future that is done, nor a monitor that was taken outside of the coroutine.
  @Test
  void awaitThatKeepsNoMonitorIsNotRefused() throws Exception {
    assertThat(run("harmless")).containsExactly("not refused");
  }
}
