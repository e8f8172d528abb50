package dev.ioloop.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All measured numbers as CSV, a line for each. */
final class Samples implements AutoCloseable {
  private static final String HEADER = "measure,peer,round,metric,value";

  private final PrintWriter lines;

  /** Begins a file, or discards everything if there is none. */
  Samples(@Nullable Path file) throws IOException {
    Writer to = file == null ? Writer.nullWriter() : Files.newBufferedWriter(file);
    lines = new PrintWriter(to, true);
    lines.println(HEADER);
  }

  /** Writes one number; rounds count from 1. */
  void add(String measure, String peer, int round, String metric, double value) {
    lines.println(String.join(",", measure, peer, "" + round, metric, "" + value));
  }

  @Override
  public void close() {
    lines.close();
  }

  /** Reads the costs of each peer, by "measure,metric". */
  static Map<String, Map<String, List<Double>>> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IOException(file + " does not begin with the line \"" + HEADER + "\"");
    }
    Map<String, Map<String, List<Double>>> costs = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",");
      costs
          .computeIfAbsent(cells[0] + "," + cells[3], picture -> new LinkedHashMap<>())
          .computeIfAbsent(cells[1], peer -> new ArrayList<>())
          .add(Double.valueOf(cells[4]));
    }
    return costs;
  }
}
