package dev.ioloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures everything, one after the other, draws it, and ends with the list of targets. */
@Command(
    name = "all",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Measures everything: callbacks, timers and coroutines, the heap of suspended ones, and servers.",
      "That takes more than an hour, or a quarter of it if quick."
    })
final class All implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      defaultValue = "bench/target/results",
      description = "The directory for samples and pictures: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--quick",
      description = "Short rounds, to check that everything works. The numbers are worth little.")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out);
    Compare measures = new Compare();
    ParkedCoroutines parked = new ParkedCoroutines();
    ServerCompare servers = new ServerCompare();
    int failed = run(measures, "measures", "--quick");
    failed |= run(parked, "parked");
    failed |= run(new IdleConnections(), "idle", "--connections=1000");
    failed |= run(servers, "servers", "--rounds=3", "--forks=1", "--round-ms=100");
    System.out.printf("%n### all targets%n%n");
    measures.verdicts().forEach(System.out::println);
    System.out.println(parked.verdict());
    servers.verdicts().forEach(System.out::println);
    System.out.printf("%nSamples and pictures are in %s.%n", out);
    return failed;
  }

  /** Runs a command, and draws its output. Returns its exit code. */
  private int run(Callable<Integer> command, String name, String... ifQuick) throws IOException {
    Path samples = out.resolve(name + ".csv");
    List<String> arguments = new ArrayList<>(List.of("--csv", samples.toString()));
    if (quick) {
      arguments.addAll(List.of(ifQuick));
    }
    int exit = new CommandLine(command).execute(arguments.toArray(String[]::new));
    Plot.draw(samples, out);
    return exit;
  }
}
