package dev.ioloop.demo.serve;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The demo's jar with the command {@code serve}, as a process of its own, on this test's JDK. */
final class ServeProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target", "ioloop-demo.jar").toAbsolutePath();
  private static final String READY = "open ";

  private final Process process;
  private final File err;
  private final URI page;

  private ServeProcess(Process process, File err, URI page) {
    this.process = process;
    this.err = err;
    this.page = page;
  }

  /** Starts one on a free port and waits until it serves. */
  static ServeProcess start(Path directory, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString(), "serve", "--port", "0"));
    command.addAll(List.of(options));
    File err = Files.createTempFile(directory, "serve", ".err").toFile();
    Process process = new ProcessBuilder(command).redirectError(err).start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("serve does not start: " + line + Files.readString(err.toPath()));
    }
    return new ServeProcess(process, err, URI.create(line.split(" ")[1]));
  }

  URI page() {
    return page;
  }

  /** Ends it as Ctrl-C does, and returns its exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("serve does not end");
    }
    return process.exitValue();
  }

  String errors() throws IOException {
    return Files.readString(err.toPath());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
