package dev.ioloop.bench;

import dev.ioloop.bench.Worker.Sample;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** Prints the measurements as Markdown. */
final class Report {

  private final PrintStream out;

  /** The verdicts so far, a line each. */
  private final List<String> verdicts;

  Report(PrintStream out, List<String> verdicts) {
    this.out = out;
    this.verdicts = verdicts;
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
          row.add(Markdown.number(bytes(taken).median()));
          for (String reference : references) {
            row.add(
                reference.equals(peer) ? "1" : Markdown.text(ratio(taken, samples.get(reference))));
          }
          rows.add(row);
        });
    Markdown.printSection(out, measure.title, measure.id(), rows, unavailable);
    measure.targets.forEach(target -> judge(target, measure.id(), samples));
  }

  /** Prints the targets and whether they were met. */
  void printVerdicts() {
    if (!verdicts.isEmpty()) {
      out.printf("%n### targets%n%n");
      verdicts.forEach(out::println);
    }
  }

  private void judge(Measure.Target target, String id, Map<String, List<Sample>> samples) {
    List<Sample> taken = samples.get(target.peer());
    List<Sample> reference = samples.get(target.reference());
    String subject = "- " + id + ", " + target.peer() + ": ";
    if (taken == null || target.reference() != null && reference == null) {
      verdicts.add(subject + "not measured");
      return;
    }
    Interval cost =
        switch (target.unit()) {
          case RATIO -> ratio(taken, reference);
          case NANOS -> Interval.of(nanos(taken));
          case MORE_NANOS -> together(taken, reference, (a, b) -> a - b);
          case BYTES -> bytes(taken);
        };
    verdicts.add(
        subject
            + Markdown.text(cost)
            + target.unit().text
            + switch (target.unit()) {
              case RATIO -> " times " + target.reference();
              case MORE_NANOS -> " than " + target.reference();
              default -> "";
            }
            + Markdown.verdict(cost, taken.size(), target.limit()));
  }

  static double[] nanos(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::nanos).toArray();
  }

  static Interval bytes(List<Sample> samples) {
    return Interval.of(samples.stream().mapToDouble(Sample::bytes).toArray());
  }

  static Interval ratio(List<Sample> samples, List<Sample> reference) {
    return together(samples, reference, (a, b) -> a / b);
  }

  /** Compares measurements of the same round. */
  private static Interval together(
      List<Sample> samples, List<Sample> reference, DoubleBinaryOperator comparison) {
    double[] compared = new double[samples.size()];
    for (int i = 0; i < compared.length; i++) {
      compared[i] = comparison.applyAsDouble(samples.get(i).nanos(), reference.get(i).nanos());
    }
    return Interval.of(compared);
  }

  /** Returns how many of all rounds belong to one fork. */
  static int share(int rounds, int forks, int fork) {
    return rounds * (fork + 1) / forks - rounds * fork / forks;
  }
}
