package dev.ioloop.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures, prints and writes the heap of one of many equal objects, for each peer. */
final class HeapReport {
  static final String METRIC = "bytes";

  /** Measures one peer. */
  interface HeapOf {
    /** Returns the bytes of one, or throws an exception with the reason if it is unavailable. */
    long bytes(String peer) throws Exception;
  }

  private final Map<String, Long> bytes = new LinkedHashMap<>();

  private HeapReport() {}

  /** Measures the peers that the options select, and reports as they say. */
  static HeapReport of(
      String measure, String title, List<String> peers, PeerOptions options, HeapOf heap)
      throws Exception {
    HeapReport report = new HeapReport();
    Map<String, String> unavailable = new LinkedHashMap<>();
    for (String peer : options.chosen(peers)) {
      try {
        report.bytes.put(peer, heap.bytes(peer));
      } catch (Worker.Unavailable e) {
        unavailable.put(peer, e.getMessage());
      }
    }
    Markdown.printSection(System.out, title, measure, report.rows(), unavailable);
    try (Samples samples = new Samples(options.csv())) {
      report.bytes.forEach((peer, each) -> samples.add(measure, peer, 1, METRIC, each));
    }
    return report;
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("peer", METRIC));
    bytes.forEach((peer, each) -> rows.add(List.of(peer, Long.toString(each))));
    return rows;
  }

  /** Returns the bytes of one with a peer, or null if it was not measured. */
  @Nullable Long bytes(String peer) {
    return bytes.get(peer);
  }
}
