package dev.ioloop.bench;

import dev.ioloop.bench.Worker.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Measures this code and that of another jar alternately, which shows the cost of a change. Other
 * load on the machine disturbs both.
 */
@Command(
    name = "against",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Measures the code of this jar and that of another one in turns.",
    footer = {"", "bench/against REVISION builds the other jar and runs this."})
final class Against implements Callable<Integer> {

  /** The ratio below which a difference does not count. */
  private static final double SLOWER = 1.03;

  @Parameters(paramLabel = "JAR", description = "A jar of these benchmarks from another revision.")
  private Path other;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "21",
      description = "How often each is measured: ${DEFAULT-VALUE} times.")
  private int rounds;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many JVMs each gets for that, one after the other: ${DEFAULT-VALUE}.")
  private int forks;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "Only measures with such a name.")
  private Pattern only;

  @Option(
      names = "--peers",
      paramLabel = "REGEX",
      defaultValue = "ioloop-(epoll|continuation)|ioloop",
      description = "Only peers with exactly such a name: ${DEFAULT-VALUE}.")
  private Pattern peers;

  @Option(
      names = "--other-option",
      paramLabel = "OPTION",
      description = "An option for the JVMs of the other jar, such as -Ddev.ioloop.watchdog=off.")
  private List<String> otherOptions = List.of();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Spec private CommandSpec spec;

  /** The costs of both, in the order of the rounds. */
  private record Pair(List<Sample> ours, List<Sample> theirs) {}

  @Override
  public Integer call() throws Exception {
    if (!Files.isRegularFile(other)) {
      throw new ParameterException(spec.commandLine(), "there is no file " + other);
    }
    Markdown.printConditions(System.out, rounds, forks);
    System.out.println();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "measure",
            "peer",
            "ns",
            "other ns",
            "bytes",
            "other bytes",
            "ns / other ns",
            "verdict"));
    boolean slower = false;
    for (Measure measure : Measure.values()) {
      for (String peer : measure.peers()) {
        if (only.matcher(measure.id()).find() && peers.matcher(peer).matches()) {
          List<String> row = row(measure, peer);
          rows.add(row);
          slower |= row.get(row.size() - 1).equals("slower");
        }
      }
    }
    Markdown.printTable(System.out, rows);
    return slower ? 1 : 0;
  }

  private List<String> row(Measure measure, String peer) throws IOException {
    Pair pair = new Pair(new ArrayList<>(), new ArrayList<>());
    try {
      for (int fork = 0; fork < forks; fork++) {
        takeTurns(measure, peer, Report.share(rounds, forks, fork), pair);
      }
    } catch (Worker.Unavailable e) {
      return List.of(measure.id(), peer, "-", "-", "-", "-", "-", String.valueOf(e.getMessage()));
    }
    Interval ratio = Report.ratio(pair.ours(), pair.theirs());
    return List.of(
        measure.id(),
        peer,
        Markdown.number(Interval.of(Report.nanos(pair.ours())).median()),
        Markdown.number(Interval.of(Report.nanos(pair.theirs())).median()),
        Markdown.number(Report.bytes(pair.ours()).median()),
        Markdown.number(Report.bytes(pair.theirs()).median()),
        Markdown.text(ratio),
        ratio.low() > SLOWER ? "slower" : ratio.high() < 1 / SLOWER ? "faster" : "same");
  }

  private void takeTurns(Measure measure, String peer, int times, Pair pair)
      throws IOException, Worker.Unavailable {
    try (Worker ours = new Worker(measure, peer, false);
        Worker theirs = new Worker(measure, peer, false, other.toString(), otherOptions)) {
      for (int i = 0; i < times; i++) {
        pair.ours().add(ours.measure());
        pair.theirs().add(theirs.measure());
      }
    }
  }
}
