package dev.ioloop.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a JVM of its own did, on the JDK of this test: its exit code and its output. */
public record JavaRun(int code, List<String> out, List<String> err) {

  public static JavaRun of(List<String> arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile("ioloop-it", ".out");
    Path err = Files.createTempFile("ioloop-it", ".err");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      // A JVM that picks up options from there says so on stderr.
      Map<String, String> environment = builder.environment();
      environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("does not end: " + command + Files.readAllLines(out));
      }
      return new JavaRun(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
