package dev.ioloop.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures all there is, one after the other, draws it, and ends with the list of targets. */
@Command(
    name = "all",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Measures everything: callbacks, timers and coroutines, the heap of what waits, and servers.",
      "That takes about an hour, or some minutes if quick."
    })
final class All implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      defaultValue = "bench/target/results",
      description = "Where samples and pictures go: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--quick",
      description = "Short rounds, to see whether all works. The numbers are worth little.")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out);
    Path samples = out.resolve("measures.csv");
    Compare measures = new Compare();
    Compare parked = new Compare();
    ServerCompare servers = new ServerCompare();
    int failed = run(measures, quick, List.of("--csv", samples.toString()), List.of("--quick"));
    failed |= run(parked, quick, List.of("--parked"), List.of());
    failed |= run(new IdleConnections(), quick, List.of(), List.of("--connections=1000"));
    failed |=
        run(
            servers,
            quick,
            List.of("--csv", out.resolve("servers.csv").toString()),
            List.of("--rounds=3", "--forks=1", "--round-ms=100"));
    Plot.draw(samples, out);
    System.out.printf("%n### all targets%n%n");
    measures.verdicts().forEach(System.out::println);
    parked.verdicts().forEach(System.out::println);
    servers.verdicts().forEach(System.out::println);
    System.out.printf("%nSamples and pictures are in %s.%n", out);
    return failed;
  }

  private static int run(
      Callable<Integer> command, boolean quick, List<String> arguments, List<String> ifQuick) {
    List<String> all = new ArrayList<>(arguments);
    if (quick) {
      all.addAll(ifQuick);
    }
    return new CommandLine(command).execute(all.toArray(String[]::new));
  }
}
