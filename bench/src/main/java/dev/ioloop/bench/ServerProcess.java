package dev.ioloop.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * An echo server of one peer in a process of its own, so that its CPU time and memory are its
 * alone.
 *
 * <p>Both ends of the pipe are here. The server's first line is "ready" and its port, or the reason
 * why it cannot run here. Then it answers "allocated" and "live" with bytes, and ends with its
 * input.
 */
final class ServerProcess implements AutoCloseable {
  private static final String READY = "ready ";
  private static final String ALLOCATED = "allocated";
  private static final String LIVE = "live";
  private static final String C = "c-epoll";

  /** For virtual threads: one carrier, because the others have one loop. */
  private static final List<String> ONE_CARRIER =
      List.of("-Djdk.virtualThreadScheduler.parallelism=1");

  final int port;
  private final boolean isJava;
  private final Process process;
  private final PrintWriter to;
  private final BufferedReader from;

  /** Starts a server and waits until it listens. */
  ServerProcess(String peer) throws IOException, InterruptedException, Worker.Unavailable {
    isJava = !peer.equals(C);
    ProcessBuilder server =
        isJava
            ? Jvm.of(ONE_CARRIER, Jvm.CLASS_PATH, ServerProcess.class, peer)
            : new ProcessBuilder(compileC()).redirectError(ProcessBuilder.Redirect.INHERIT);
    process = server.start();
    to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    from = process.inputReader(StandardCharsets.UTF_8);
    String answer = from.readLine();
    if (answer == null || !answer.startsWith(READY)) {
      close();
      throw new Worker.Unavailable(answer == null ? "it ended at once" : answer);
    }
    port = Integer.parseInt(answer.substring(READY.length()));
  }

  private static String compileC() throws IOException, InterruptedException, Worker.Unavailable {
    Path program = Files.createTempFile("ioloop-echo", "");
    program.toFile().deleteOnExit();
    Process compiler;
    try {
      compiler =
          new ProcessBuilder("cc", "-O2", "-x", "c", "-o", program.toString(), "-")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new Worker.Unavailable("no C compiler: " + e.getMessage());
    }
    try (InputStream source = ServerProcess.class.getResourceAsStream("echo.c");
        var input = compiler.getOutputStream()) {
      Objects.requireNonNull(source).transferTo(input);
    }
    if (compiler.waitFor() != 0) {
      throw new Worker.Unavailable("cc does not compile it here");
    }
    return program.toString();
  }

  /** Returns the CPU time of all threads so far, in nanoseconds. */
  long cpuNanos() throws IOException {
    Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
    if (!Files.isDirectory(tasks)) {
      return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
    long nanos = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        try {
          String times = Files.readString(thread.resolve("schedstat"));
          nanos += Long.parseLong(times.substring(0, times.indexOf(' ')));
        } catch (IOException e) {
          // The thread has ended meanwhile.
        }
      }
    }
    return nanos;
  }

  /** Returns the bytes that its threads have allocated so far; zero without a heap. */
  long allocatedBytes() throws IOException {
    return ask(ALLOCATED);
  }

  /** Returns the bytes that are live on its heap; zero without one. */
  long liveBytes() throws IOException {
    return ask(LIVE);
  }

  private long ask(String question) throws IOException {
    if (!isJava) {
      return 0;
    }
    to.println(question);
    String answer = from.readLine();
    if (answer == null) {
      throw new IOException("a server ended too early; stderr may say why");
    }
    return Long.parseLong(answer);
  }

  @Override
  public void close() {
    to.close();
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  // In the server's JVM.

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    try {
      out.println(READY + ServerPeers.open(args[0]));
    } catch (IllegalArgumentException | IllegalStateException | LinkageError e) {
      out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      System.exit(1);
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(line.equals(LIVE) ? liveHeap() : allocated());
    }
    System.exit(0);
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
  }

  private static long liveHeap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
