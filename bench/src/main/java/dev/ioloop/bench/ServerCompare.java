package dev.ioloop.bench;

import dev.ioloop.bench.ServerWorkload.Metric;
import dev.ioloop.bench.ServerWorkload.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures servers alternately. Each has a process of its own; all are warmed up, and then the same
 * clients, in this process, send to one after the other: A, B, C, A, B, C, and so on.
 */
@Command(
    name = "servers",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Measures servers alternately: their CPU time, latencies and garbage per message.")
final class ServerCompare implements Callable<Integer> {

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "21",
      description = "The number of rounds for each peer: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "3",
      description = "The number of processes for each peer, one after the other: ${DEFAULT-VALUE}.")
  private int forks;

  @Option(
      names = "--round-ms",
      paramLabel = "N",
      defaultValue = "500",
      description = "The length of a round: ${DEFAULT-VALUE} ms. The warm-up takes six times that.")
  private int roundMillis;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description =
          "Only the workloads with these names: one, many, pipelined, large, http, http-await.")
  private Pattern only = Pattern.compile("");

  @Mixin private PeerOptions options;

  private final List<String> verdicts = new ArrayList<>();

  ServerCompare() {}

  /** Returns the verdicts, a line each. */
  List<String> verdicts() {
    return verdicts;
  }

  @Override
  public Integer call() throws Exception {
    ServerReport report = new ServerReport(System.out, verdicts);
    Markdown.printConditions(System.out, rounds, forks);
    try (Samples file = new Samples(options.csv())) {
      for (ServerWorkload workload : ServerWorkload.values()) {
        if (only.matcher(workload.id()).find()) {
          compare(workload, report, file);
        }
      }
    }
    report.printVerdicts();
    return 0;
  }

  private void compare(ServerWorkload workload, ServerReport report, Samples file)
      throws Exception {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    Map<String, String> unavailable = new LinkedHashMap<>();
    for (int fork = 0; fork < forks; fork++) {
      int share = Report.share(rounds, forks, fork);
      takeTurns(workload, share, samples, unavailable);
    }
    report.print(workload, samples, unavailable);
    samples.forEach(
        (peer, taken) -> {
          int round = 0;
          for (Sample sample : taken) {
            round++;
            for (Metric metric : Metric.values()) {
              file.add(workload.id(), peer, round, metric.title, metric.of.applyAsDouble(sample));
            }
          }
        });
  }

  private void takeTurns(
      ServerWorkload workload,
      int times,
      Map<String, List<Sample>> samples,
      Map<String, String> unavailable)
      throws Exception {
    Map<String, ServerProcess> servers = new LinkedHashMap<>();
    Map<String, ServerLoad> loads = new LinkedHashMap<>();
    try {
      for (String peer : options.chosen(workload.peers)) {
        try {
          ServerProcess server = new ServerProcess(peer);
          servers.put(peer, server);
          loads.put(peer, new ServerLoad(server.port, workload));
          loads.get(peer).run(6 * TimeUnit.MILLISECONDS.toNanos(roundMillis));
        } catch (Worker.Unavailable e) {
          unavailable.put(peer, e.getMessage());
        }
      }
      for (int i = 0; i < times; i++) {
        for (String peer : servers.keySet()) {
          samples
              .computeIfAbsent(peer, any -> new ArrayList<>())
              .add(measure(servers.get(peer), loads.get(peer)));
        }
      }
    } finally {
      for (ServerLoad load : loads.values()) {
        load.close();
      }
      servers.values().forEach(ServerProcess::close);
    }
  }

  private Sample measure(ServerProcess server, ServerLoad load) throws Exception {
    // Queried outside the interval in which the CPU time is counted.
    long bytesBefore = server.allocatedBytes();
    long cpuBefore = server.cpuNanos();
    ServerLoad.Result result = load.run(TimeUnit.MILLISECONDS.toNanos(roundMillis));
    long cpu = server.cpuNanos() - cpuBefore;
    long bytes = server.allocatedBytes() - bytesBefore;
    double messages = result.messages();
    return new Sample(
        cpu / messages, result.nanos() / messages, result.median(), result.p99(), bytes / messages);
  }
}
