package dev.ioloop.bench;

import dev.ioloop.bench.Worker.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures ioloop and its peers alternately. All peers of a measure are warmed up in JVMs of their
 * own, which then measure one short round after the other: A, B, C, A, B, C, and so on. A temporary
 * disturbance of the machine affects all of them, and ratios are taken within a round.
 */
@Command(
    name = "ioloop-bench",
    subcommands = {
      All.class,
      ParkedCoroutines.class,
      IdleConnections.class,
      ServerCompare.class,
      Against.class,
      Plot.class
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Measures ioloop and its peers alternately, and prints costs, ratios and their spread.",
    footer = {
      "",
      "JMH with the same benchmarks:",
      "  java -cp bench/target/ioloop-bench.jar org.openjdk.jmh.Main -h"
    })
final class Compare implements Callable<Integer> {

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "The number of rounds for each peer: 21, or 5 if quick.")
  private int rounds;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "The number of JVMs for each peer, one after the other, because a compiler does not"
              + " always produce the same code: 3, or 1 if quick.")
  private int forks;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Only the measures with these names; --list shows them.")
  private Pattern only = Pattern.compile("");

  @Option(
      names = "--peers",
      paramLabel = "REGEX",
      description = "Only the peers with these names; ratios to others are omitted.")
  private Pattern peers = Pattern.compile("");

  @Option(
      names = "--quick",
      description = "Short rounds, to check that everything works. The numbers are worth little.")
  private boolean quick;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write each sample to this file.")
  private @Nullable Path csv;

  @Option(names = "--list", description = "List the measures and their peers, and do nothing.")
  private boolean list;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Spec private CommandSpec spec;

  private final List<String> verdicts = new ArrayList<>();

  Compare() {}

  /** Returns the verdicts, a line each. */
  List<String> verdicts() {
    return verdicts;
  }

  /** The command line. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Compare()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Measure> measures = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      if (only.matcher(measure.id()).find()) {
        measures.add(measure);
      }
    }
    if (measures.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--only=" + only + " matches no measure");
    }
    if (list) {
      for (Measure measure : measures) {
        System.out.printf("%-14s %s%n", measure.id(), String.join(", ", chosenPeers(measure)));
      }
    } else {
      try (Samples file = new Samples(csv)) {
        compare(measures, file);
      }
    }
    return 0;
  }

  private void compare(List<Measure> measures, Samples file) throws Exception {
    if (rounds <= 0) {
      rounds = quick ? 5 : 21;
    }
    if (forks <= 0) {
      forks = quick ? 1 : 3;
    }
    Report report = new Report(System.out, verdicts);
    Markdown.printConditions(System.out, rounds, forks);
    for (Measure measure : measures) {
      Map<String, List<Sample>> samples = new LinkedHashMap<>();
      Map<String, String> unavailable = new LinkedHashMap<>();
      for (int fork = 0; fork < forks; fork++) {
        int share = Report.share(rounds, forks, fork);
        takeTurns(measure, share, samples, unavailable);
      }
      report.print(measure, samples, unavailable);
      samples.forEach(
          (peer, taken) -> {
            int round = 0;
            for (Sample sample : taken) {
              round++;
              file.add(measure.id(), peer, round, Measure.METRIC, sample.nanos());
              file.add(measure.id(), peer, round, "bytes", sample.bytes());
            }
          });
    }
    report.printVerdicts();
  }

  private List<String> chosenPeers(Measure measure) throws NoSuchFieldException {
    return measure.peers().stream().filter(peer -> peers.matcher(peer).find()).toList();
  }

  /** Starts a worker for each peer and has them measure alternately. */
  private void takeTurns(
      Measure measure,
      int times,
      Map<String, List<Sample>> samples,
      Map<String, String> unavailable)
      throws Exception {
    Map<String, Worker> workers = new LinkedHashMap<>();
    try {
      for (String peer : chosenPeers(measure)) {
        try {
          workers.put(peer, new Worker(measure, peer, quick));
        } catch (Worker.Unavailable e) {
          unavailable.put(peer, e.getMessage());
        }
      }
      for (int i = 0; i < times; i++) {
        for (Map.Entry<String, Worker> worker : workers.entrySet()) {
          samples
              .computeIfAbsent(worker.getKey(), peer -> new ArrayList<>())
              .add(worker.getValue().measure());
        }
      }
    } finally {
      workers.values().forEach(Worker::close);
    }
  }
}
