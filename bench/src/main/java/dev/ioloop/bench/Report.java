package dev.ioloop.bench;

import dev.ioloop.bench.Worker.Sample;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prints what was measured, as Markdown. */
final class Report {

  private final PrintStream out;
  private final List<String> verdicts = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
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
          row.add(Markdown.number(Interval.of(nanos(taken)).median()));
          row.add(
              Markdown.number(
                  Interval.of(taken.stream().mapToDouble(Sample::bytes).toArray()).median()));
          for (String reference : references) {
            row.add(
                reference.equals(peer) ? "1" : Markdown.text(ratio(taken, samples.get(reference))));
          }
          rows.add(row);
        });
    out.printf("%n### %s (%s)%n%n", measure.title, measure.id());
    Markdown.printTable(out, rows);
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
    verdicts.add(
        subject
            + Markdown.text(cost)
            + (target.reference() == null ? " ns" : " times " + target.reference())
            + Markdown.verdict(cost, taken.size(), target.limit()));
  }

  static double[] nanos(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::nanos).toArray();
  }

  static Interval ratio(List<Sample> samples, List<Sample> reference) {
    double[] ratios = new double[samples.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = samples.get(i).nanos() / reference.get(i).nanos();
    }
    return Interval.of(ratios);
  }
}
