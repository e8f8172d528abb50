package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process that is explained from outside, by one command. */
final class AttachIT {
  private static final String JAR =
      Path.of("target", "ioloop-demo.jar").toAbsolutePath().toString();
  private static final String CLASSES =
      Path.of("target", "test-classes").toAbsolutePath().toString();

  private static Process start(Class<?> program, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", JAR + File.pathSeparator + CLASSES, program.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("ready");
    return process;
  }

  private static JavaRun attach(Process process, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("-jar", JAR, "attach", "" + process.pid()));
    command.addAll(List.of(options));
    return JavaRun.of(command);
  }

  @Test
  void coroutinesThatWaitForEachOtherAreFound() throws Exception {
    Process process = start(Deadlock.class);
    try {
      JavaRun run = attach(process);
      assertThat(run.err()).isEmpty();
      assertThat(run.code()).isZero();
      String out = String.join("\n", run.out());
      assertThat(out)
          .contains(
              "coroutine \"lock\", suspended for ",
              ": lock not acquired, 0 before it in line",
              "coroutine \"first\", suspended for ",
              "coroutine \"sec\\u{1b}ond\", suspended for ",
              "DEADLOCK: it waits for the coroutine \"first\" above",
              "(Deadlock.java:",
              "worst ");
      JsonObject json =
          JsonParser.parseString(String.join("\n", attach(process, "--json").out()))
              .getAsJsonObject();
      assertThat(json.get("pid").getAsLong()).isEqualTo(process.pid());
      JsonObject loop = json.getAsJsonArray("loops").get(0).getAsJsonObject();
      assertThat(loop.get("coroutinesSuspended").getAsInt()).isEqualTo(4);
      assertThat(loop.get("dump").getAsString()).contains("DEADLOCK");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void loopThatIsBlockedIsShownByItsStack() throws Exception {
    Process process = start(Blocked.class, "-Ddev.ioloop.watchdog=100ms");
    try {
      JavaRun run = attach(process);
      assertThat(String.join("\n", run.out()))
          .contains("BLOCKED", "slow: ", "and not over")
          .containsPattern("at .*Blocked.blockForGood\\(Blocked.java:\\d+\\)");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void processThatIsNotThereIsNamed() throws Exception {
    Process process = start(Deadlock.class);
    process.destroyForcibly().waitFor();
    JavaRun run = attach(process);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).containsExactly("attach failed: there is no process " + process.pid());
  }

  @Test
  void processThatIsNoJvmIsRefused() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      JavaRun run = attach(process);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .singleElement()
          .asString()
          .startsWith("attach failed: process " + process.pid() + " cannot be looked into");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void processWithoutALoopIsToldFromOneThatHangs() throws Exception {
    Process process = start(NoLoop.class);
    try {
      JavaRun run = attach(process);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err())
          .containsExactly("attach failed: no IOLoop runs in process " + process.pid());
    } finally {
      process.destroyForcibly();
    }
  }

  /** A program without a loop. */
  static final class NoLoop {
    private NoLoop() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println("ready");
      System.in.read();
    }
  }
}
