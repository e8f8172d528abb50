package dev.ioloop.bench;

import dev.ioloop.bench.Worker.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Prints what was measured, as Markdown. */
final class Report {

  /** Fewer rounds than this decide nothing. */
  private static final int ENOUGH_ROUNDS = 11;

  private static final double MAX_LOAD = 0.5;
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private final PrintStream out;
  private final List<String> verdicts = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void printConditions(int rounds, int forks) {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    double load = system.getSystemLoadAverage();
    out.printf(
        Locale.ROOT,
        """
        - %s %s
        - %s %s, %d processors%s; load average %.1f%s
        - workers: %s %s
        - %d rounds in %d JVMs per peer

        Costs are medians; ratios are medians with an interval that holds the true one with 95 %%
        (order statistics of the ratios within each round). Bytes: allocated on the heap.
        """,
        System.getProperty("java.vm.name"),
        Runtime.version(),
        system.getName(),
        system.getVersion(),
        system.getAvailableProcessors(),
        processorModel(),
        load,
        load > MAX_LOAD ? " (THE MACHINE IS BUSY WITH SOMETHING ELSE)" : "",
        LoopBenchmark.COLLECTOR,
        LoopBenchmark.HEAP,
        rounds,
        forks);
  }

  void print(Measure measure, Map<String, List<Sample>> samples, Map<String, String> unavailable) {
    List<String> references = measure.references.stream().filter(samples::containsKey).toList();
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("peer", "ns", "bytes"));
    references.forEach(reference -> header.add("/ " + reference));
    rows.add(header);
    samples.forEach(
        (peer, taken) -> {
          List<String> row = new ArrayList<>();
          row.add(peer);
          row.add(number(Interval.of(nanos(taken)).median()));
          row.add(
              number(Interval.of(taken.stream().mapToDouble(Sample::bytes).toArray()).median()));
          for (String reference : references) {
            row.add(reference.equals(peer) ? "1" : text(ratio(taken, samples.get(reference))));
          }
          rows.add(row);
        });
    out.printf("%n### %s (%s)%n%n", measure.title, measure.id());
    printTable(rows);
    unavailable.forEach((peer, reason) -> out.printf("%nSkipped: %s: %s%n", peer, reason));
    judge(measure, samples);
  }

  /** Prints the targets and whether they were met. */
  void printVerdicts() {
    if (!verdicts.isEmpty()) {
      out.printf("%n### targets%n%n");
      verdicts.forEach(out::println);
    }
  }

  private void judge(Measure measure, Map<String, List<Sample>> samples) {
    Measure.Target target = measure.target;
    if (target == null) {
      return;
    }
    List<Sample> taken = samples.get(target.peer());
    List<Sample> reference = samples.get(target.reference());
    String subject = "- " + measure.id() + ", " + target.peer() + ": ";
    if (taken == null || target.reference() != null && reference == null) {
      verdicts.add(subject + "not measured");
      return;
    }
    Interval cost =
        target.reference() == null ? Interval.of(nanos(taken)) : ratio(taken, reference);
    String verdict =
        taken.size() < ENOUGH_ROUNDS
            ? "undecided, that takes " + ENOUGH_ROUNDS + " rounds"
            : cost.median() <= target.limit()
                ? "met"
                : cost.low() <= target.limit() ? "met, within the interval" : "NOT MET";
    verdicts.add(
        subject
            + text(cost)
            + (target.reference() == null ? " ns" : " times " + target.reference())
            + ", wanted at most "
            + number(target.limit())
            + ": "
            + verdict);
  }

  private void printTable(List<List<String>> rows) {
    List<String> line = new ArrayList<>();
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      line.clear();
      for (int i = 0; i < columns; i++) {
        line.add(String.format("%" + (i == 0 ? "-" : "") + widths[i] + "s", rows.get(r).get(i)));
      }
      out.println("| " + String.join(" | ", line) + " |");
      if (r == 0) {
        line.clear();
        for (int i = 0; i < columns; i++) {
          line.add("-".repeat(widths[i] + 1) + (i == 0 ? "-" : ":"));
        }
        out.println("|" + String.join("|", line) + "|");
      }
    }
  }

  private static double[] nanos(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::nanos).toArray();
  }

  private static Interval ratio(List<Sample> samples, List<Sample> reference) {
    double[] ratios = new double[samples.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = samples.get(i).nanos() / reference.get(i).nanos();
    }
    return Interval.of(ratios);
  }

  private static String text(Interval interval) {
    return number(interval.median())
        + " ("
        + number(interval.low())
        + " to "
        + number(interval.high())
        + (interval.sure() ? ")" : ", all)");
  }

  /** Three digits or all that stand before the point. */
  private static String number(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f", value);
  }

  private static String processorModel() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1))
          .map(name -> "," + name)
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
