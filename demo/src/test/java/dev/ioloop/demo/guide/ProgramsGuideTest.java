package dev.ioloop.demo.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ioloop.Gen;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Examples that need a JVM of their own: for its signals, its properties or its services. */
final class ProgramsGuideTest extends Guide {

  @TempDir private Path directory;

  private Process start(Class<?> program, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
    command.add("-Ddev.ioloop.backend=nio");
    command.add("-Ddev.ioloop.generator=" + Gen.generator());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(System.getProperty("java.class.path") + File.pathSeparator + directory);
    command.add(program.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // A JVM that picks up options from there says so.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.start();
  }

  /** Returns what is printed until the end. */
  private static String print(Process process) throws Exception {
    try (BufferedReader printed = process.inputReader(UTF_8)) {
      StringWriter text = new StringWriter();
      printed.transferTo(text);
      process.waitFor();
      return text.toString();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void signalUnwindsTheMainBody() throws Exception {
    Process process = start(Goodbye.class);
    try (BufferedReader printed = process.inputReader(UTF_8)) {
      assertThat(printed.readLine()).isEqualTo("serving");
      process.toHandle().destroy(); // SIGTERM; process.destroy() would close the pipe, too
      assertThat(printed.readLine()).isEqualTo("goodbye");
      assertThat(printed.readLine()).isNull();
      assertThat(process.waitFor()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void debugModeFindsAnAwaitInsideSynchronized() throws Exception {
    assumeFalse(
        Gen.generator().equals("thread") && Runtime.version().feature() >= 21,
        "a virtual helper thread does not tell which monitors it holds");
    assertPrinted(
        print(start(HeldMonitor.class, "-Ddev.ioloop.debug=true")),
        // region monitor-printed
        """
        await() inside synchronized at dev.ioloop.demo.guide.HeldMonitor.pay(HeldMonitor.java:14): the monitor of dev.ioloop.demo.guide.HeldMonitor would stay taken; use dev.ioloop.locks to exclude other coroutines
        """
        // endregion
        );
  }

  @Test
  void carrierIsFoundAsAService() throws Exception {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("dev.ioloop.spi.ThreadLocalCarrier"),
        Languages.LanguageCarrier.class.getName());
    assertPrinted(print(start(Languages.class)), "pl is pl\npt is pt\nmain is null\n");
  }
}
