package dev.ioloop.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures and prints what one of many equal things takes on the heap, for each peer. */
final class HeapReport {
  static final String METRIC = "bytes";

  /** Measures one peer. */
  interface HeapOf {
    /** Returns the bytes of one, or says why there is none here. */
    long bytes(String peer) throws Exception;
  }

  private final Map<String, Long> bytes = new LinkedHashMap<>();
  private final Map<String, String> unavailable = new LinkedHashMap<>();

  HeapReport(List<String> peers, HeapOf heap) throws Exception {
    for (String peer : peers) {
      try {
        bytes.put(peer, heap.bytes(peer));
      } catch (Worker.Unavailable e) {
        unavailable.put(peer, e.getMessage());
      }
    }
  }

  /** Returns the bytes of one with a peer, or null where it was not measured. */
  @Nullable Long of(String peer) {
    return bytes.get(peer);
  }

  void print(PrintStream out, String title, String measure) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("peer", METRIC));
    bytes.forEach((peer, each) -> rows.add(List.of(peer, Long.toString(each))));
    out.printf("%n### %s (%s)%n%n", title, measure);
    Markdown.printTable(out, rows);
    unavailable.forEach((peer, reason) -> out.printf("%nSkipped: %s: %s%n", peer, reason));
  }

  void write(Samples samples, String measure) {
    bytes.forEach((peer, each) -> samples.add(measure, peer, 1, METRIC, each));
  }
}
