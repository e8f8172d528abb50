package dev.ioloop.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the heap that a suspended coroutine takes, with each peer in a JVM of its own. */
@Command(
    name = ParkedCoroutines.ID,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Measures the live heap of a suspended coroutine.")
final class ParkedCoroutines implements Callable<Integer> {
  static final String ID = "parked";
  static final String TITLE = "heap of a suspended coroutine, three calls deep";
  private static final String OURS = "ioloop-continuation";
  private static final String REFERENCE = "continuation-future";
  private static final double WANTED = 1.3;

  @Option(names = "--peers", paramLabel = "REGEX", description = "Only peers with such a name.")
  private Pattern peers = Pattern.compile("");

  @Option(names = "--csv", paramLabel = "FILE", description = "Write each number to this file.")
  private @Nullable Path csv;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private String verdict = "";

  ParkedCoroutines() {}

  /** Returns what was judged. */
  String verdict() {
    return verdict;
  }

  @Override
  public Integer call() throws Exception {
    List<String> chosen = Parked.PEERS.stream().filter(peer -> peers.matcher(peer).find()).toList();
    HeapReport report = new HeapReport(chosen, Parked::measure);
    report.print(System.out, TITLE, ID);
    try (Samples samples = new Samples(csv)) {
      report.write(samples, ID);
    }
    verdict = "- " + ID + ", " + OURS + ": " + judge(report.of(OURS), report.of(REFERENCE));
    System.out.printf("%n### targets%n%n%s%n", verdict);
    return 0;
  }

  private static String judge(@Nullable Long ours, @Nullable Long reference) {
    if (ours == null || reference == null) {
      return "not measured";
    }
    double ratio = (double) ours / reference;
    return "%s times the bytes of %s, wanted at most %s: %s"
        .formatted(
            Markdown.number(ratio),
            REFERENCE,
            Markdown.number(WANTED),
            ratio <= WANTED ? "met" : "NOT MET");
  }
}
