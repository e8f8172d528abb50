package dev.ioloop.bench;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private PeerOptions options;

  private String verdict = "";

  ParkedCoroutines() {}

  /** Returns what was judged. */
  String verdict() {
    return verdict;
  }

  @Override
  public Integer call() throws Exception {
    HeapReport report = HeapReport.of(ID, TITLE, Parked.PEERS, options, Parked::measure);
    verdict = "- " + ID + ", " + OURS + ": " + judge(report.bytes(OURS), report.bytes(REFERENCE));
    System.out.printf("%n### targets%n%n%s%n", verdict);
    return 0;
  }

  private static String judge(@Nullable Long ours, @Nullable Long reference) {
    if (ours == null || reference == null) {
      return "not measured";
    }
    double ratio = (double) ours / reference;
    return "%s times the bytes of %s, target at most %s: %s"
        .formatted(
            Markdown.number(ratio),
            REFERENCE,
            Markdown.number(WANTED),
            ratio <= WANTED ? "met" : "NOT MET");
  }
}
