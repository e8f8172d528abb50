package dev.ioloop.bench;

import static java.util.stream.Collectors.joining;

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

/** Writes conditions, tables, numbers and verdicts of the reports as Markdown. */
final class Markdown {

  /** Fewer rounds than this decide nothing. */
  private static final int ENOUGH_ROUNDS = 11;

  private static final double MAX_LOAD = 0.5;
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Markdown() {}

  /** Prints the machine and the conditions. */
  static void printConditions(PrintStream out, int rounds, int forks) {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    double load = system.getSystemLoadAverage();
    out.printf(
        Locale.ROOT,
        """
        - %s %s
        - %s %s, %d processors%s; load average %.1f%s
        - JVMs that measure: %s
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
        Jvm.OPTIONS.stream().filter(each -> each.startsWith("-X")).collect(joining(" ")),
        rounds,
        forks);
  }

  /**
   * Prints the results of one measure, and the peers that could not be measured, with the reasons.
   */
  static void printSection(
      PrintStream out,
      String title,
      String id,
      List<List<String>> rows,
      Map<String, String> unavailable) {
    out.printf("%n### %s (%s)%n%n", title, id);
    printTable(out, rows);
    unavailable.forEach((peer, reason) -> out.printf("%nSkipped: %s: %s%n", peer, reason));
  }

  static void printTable(PrintStream out, List<List<String>> rows) {
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

  /** Says whether a cost is within its limit, as the end of a sentence. */
  static String verdict(Interval cost, int rounds, double limit) {
    return ", target at most  "
        + number(limit)
        + ": "
        + (rounds < ENOUGH_ROUNDS
            ? "undecided, that takes " + ENOUGH_ROUNDS + " rounds"
            : cost.median() <= limit
                ? "met"
                : cost.low() <= limit ? "met, within the interval" : "NOT MET");
  }

  /** The median and its interval. */
  static String text(Interval interval) {
    return number(interval.median())
        + " ("
        + number(interval.low())
        + " to "
        + number(interval.high())
        + (interval.sure() ? ")" : ", all)");
  }

  /** Three digits, or all digits before the point. */
  static String number(double value) {
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
