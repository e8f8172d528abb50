package dev.ioloop.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * A JVM that measures one thing on one peer, one round per request. The peers of a measure can
 * therefore alternate, each with its code compiled for it alone.
 *
 * <p>Both ends of the pipe are here. The worker answers a line with a line: it begins with "ready"
 * once it has warmed up, or with the reason why it cannot measure, and then answers every "go" with
 * nanoseconds and bytes per operation. It ends with its input.
 */
final class Worker implements AutoCloseable {
  private static final String READY = "ready";
  private static final String GO = "go";
  private static final String QUICK = "quick";

  /** Prevents inlining of the call that is measured. */
  private static final List<String> CALLS =
      List.of(
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=dontinline,%s::call".formatted(DoneBenchmark.class.getName()));

  /** The cost of one operation in one round. */
  record Sample(double nanos, double bytes) {}

  /** Tells why a peer cannot be measured on this machine or JDK. */
  static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String reason) {
      super(reason);
    }
  }

  private final Process process;
  private final PrintWriter to;
  private final BufferedReader from;

  /** Starts a worker and waits until it has warmed up. */
  Worker(Measure measure, String peer, boolean quick) throws IOException, Unavailable {
    this(measure, peer, quick, Jvm.CLASS_PATH, List.of());
  }

  /** As the other constructor, with the code of another jar and more options of the JVM. */
  Worker(Measure measure, String peer, boolean quick, String classPath, List<String> options)
      throws IOException, Unavailable {
    List<String> all = new ArrayList<>(CALLS);
    all.addAll(options);
    process =
        Jvm.of(all, classPath, Worker.class, measure.name(), peer, quick ? QUICK : "").start();
    to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    from = process.inputReader(StandardCharsets.UTF_8);
    String answer = read();
    if (!answer.equals(READY)) {
      close();
      throw new Unavailable(answer);
    }
  }

  /** Has one round measured. */
  Sample measure() throws IOException {
    to.println(GO);
    String[] answer = read().split(" ");
    return new Sample(Double.parseDouble(answer[0]), Double.parseDouble(answer[1]));
  }

  @Override
  public void close() {
    to.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String read() throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IOException("a worker ended too early; stderr may say why");
    }
    return line;
  }

  // In the worker's JVM.

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    Measure measure = Measure.valueOf(args[0]);
    boolean quick = args[2].equals(QUICK);
    long warmUpNanos = TimeUnit.MILLISECONDS.toNanos(quick ? 300 : 1_500);
    long roundNanos = TimeUnit.MILLISECONDS.toNanos(quick ? 30 : 250);
    LoopBenchmark benchmark;
    try {
      benchmark = measure.open(args[1]);
    } catch (IllegalArgumentException | IllegalStateException | LinkageError e) {
      out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return;
    }
    round(measure, benchmark, warmUpNanos);
    out.println(READY);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (GO.equals(in.readLine())) {
      Sample sample = round(measure, benchmark, roundNanos);
      out.println(sample.nanos + " " + sample.bytes);
    }
    benchmark.tearDown();
    System.exit(0); // Some peers leave threads behind.
  }

  private static Sample round(Measure measure, LoopBenchmark benchmark, long atLeastNanos)
      throws Exception {
    long bytesBefore = allocatedBytes();
    long nanos = 0;
    long operations = 0;
    long begin = System.nanoTime();
    do {
      nanos += measure.run(benchmark);
      operations += measure.operations();
    } while (System.nanoTime() - begin < atLeastNanos);
    long bytes = allocatedBytes() - bytesBefore;
    return new Sample((double) nanos / operations, (double) bytes / operations);
  }

  /** Returns the bytes that the platform threads of this JVM have allocated so far. */
  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return LongStream.of(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
  }
}
