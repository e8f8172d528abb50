package dev.ioloop.nio;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A program in a JVM of its own, of the version that runs the tests, with the class path of the
 * tests. What it prints on standard output is read line by line, so nothing has to be waited for in
 * any other way.
 */
final class ChildJvm implements AutoCloseable {

  /** Longer than a program may take to unwind. */
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private static final int SIGINT = 2;

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process, Duration limit) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    killWhenLate(limit);
  }

  /** Ends its output too, so that no reader hangs. */
  private void killWhenLate(Duration limit) {
    process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(late -> process.destroyForcibly());
  }

  /** Starts {@code main} with the given flags of the JVM. */
  static ChildJvm start(Class<?> main, List<String> flags, String... arguments) throws IOException {
    return start(main, LIMIT, flags, arguments);
  }

  /** As the other method; kills the program when {@code limit} has passed. */
  static ChildJvm start(Class<?> main, Duration limit, List<String> flags, String... arguments)
      throws IOException {
    return start(List.of(), main, limit, flags, arguments);
  }

  /** As the other method, with at most so many descriptors. */
  static ChildJvm startWithDescriptors(int limit, Class<?> main, String... arguments)
      throws IOException {
    String shell = "ulimit -n " + limit + " && exec \"$@\"";
    return start(List.of("sh", "-c", shell, "sh"), main, LIMIT, List.of(), arguments);
  }

  private static ChildJvm start(
      List<String> launcher, Class<?> main, Duration limit, List<String> flags, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        System.getProperty("java.class.path")
            + File.pathSeparator
            + System.getProperty("jdk.module.path", ""));
    if (hasContinuations()) {
      command.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
    }
    command.addAll(flags);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(), limit);
  }

  static boolean hasContinuations() {
    return Runtime.version().feature() >= 21;
  }

  /** Returns the next line, or null at the end of the output. */
  String readLine() throws IOException {
    return output.readLine();
  }

  /** Returns the lines up to the end of the output. */
  List<String> readAll() {
    return output.lines().toList();
  }

  /** Sends SIGTERM or SIGINT, as a shell would. */
  void signal(String name) throws IOException, InterruptedException {
    if (name.equals("INT")) {
      assumeInterruptible();
    }
    Process kill =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " failed: " + kill.exitValue());
    }
  }

  /** A build that a shell started in the background ignores Ctrl-C, and so do its children. */
  private void assumeInterruptible() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!Files.exists(status)) {
      return;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        long ignored = Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16);
        Assumptions.assumeTrue(
            (ignored & 1L << SIGINT - 1) == 0, "SIGINT is ignored here by inheritance");
      }
    }
  }

  /** Waits for the end, and returns the exit code. A program that took too long was killed. */
  int waitForExit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
