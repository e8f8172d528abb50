package dev.ioloop.bench;

import dev.ioloop.bench.ServerWorkload.Metric;
import dev.ioloop.bench.ServerWorkload.Sample;
import dev.ioloop.bench.ServerWorkload.Target;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prints the cost of the echo servers. */
final class ServerReport {
  private final PrintStream out;

  /** The verdicts so far, a line each. */
  private final List<String> verdicts;

  ServerReport(PrintStream out, List<String> verdicts) {
    this.out = out;
    this.verdicts = verdicts;
  }

  void print(
      ServerWorkload workload, Map<String, List<Sample>> samples, Map<String, String> unavailable) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "peer",
            "messages/s",
            "median us",
            "p99 us",
            "CPU us",
            "bytes",
            "CPU / " + workload.reference,
            "time / " + workload.reference));
    List<Sample> reference = samples.get(workload.reference);
    samples.forEach(
        (peer, taken) ->
            rows.add(
                List.of(
                    peer,
                    String.format("%.0f", 1e9 / median(taken, Metric.TIME)),
                    micros(median(taken, Metric.MEDIAN)),
                    micros(median(taken, Metric.P99)),
                    micros(median(taken, Metric.CPU)),
                    String.format("%.0f", median(taken, Metric.BYTES)),
                    ratio(workload, peer, taken, reference, Metric.CPU),
                    ratio(workload, peer, taken, reference, Metric.TIME))));
    Markdown.printSection(out, workload.title, workload.id(), rows, unavailable);
    for (Target target : workload.targets) {
      judge(workload, target, samples);
    }
  }

  /** Prints the targets and whether they were met. */
  void printVerdicts() {
    out.printf("%n### targets%n%n");
    verdicts.forEach(out::println);
  }

  private void judge(ServerWorkload workload, Target target, Map<String, List<Sample>> samples) {
    List<Sample> taken = samples.get(target.peer());
    List<Sample> reference = samples.get(target.reference());
    String subject = "- " + workload.id() + ", " + target.peer() + ", " + target.metric().title;
    if (taken == null || target.reference() != null && reference == null) {
      verdicts.add(subject + ": not measured");
      return;
    }
    Interval cost =
        reference == null
            ? interval(taken, target.metric())
            : interval(taken, reference, target.metric());
    verdicts.add(
        subject
            + ": "
            + Markdown.text(cost)
            + (reference == null ? "" : " times " + target.reference())
            + Markdown.verdict(cost, taken.size(), target.limit()));
  }

  private static String ratio(
      ServerWorkload workload,
      String peer,
      List<Sample> taken,
      List<Sample> reference,
      Metric metric) {
    return peer.equals(workload.reference)
        ? "1"
        : reference == null ? "-" : Markdown.text(interval(taken, reference, metric));
  }

  private static double median(List<Sample> samples, Metric metric) {
    return interval(samples, metric).median();
  }

  private static Interval interval(List<Sample> samples, Metric metric) {
    return Interval.of(samples.stream().mapToDouble(metric.of).toArray());
  }

  private static Interval interval(List<Sample> samples, List<Sample> reference, Metric metric) {
    double[] ratios = new double[samples.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] =
          metric.of.applyAsDouble(samples.get(i)) / metric.of.applyAsDouble(reference.get(i));
    }
    return Interval.of(ratios);
  }

  private static String micros(double nanos) {
    return Markdown.number(nanos / 1_000);
  }
}
