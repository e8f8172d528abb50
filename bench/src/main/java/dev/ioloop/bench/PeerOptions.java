package dev.ioloop.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that measure one peer after the other. */
final class PeerOptions {
  @Option(names = "--peers", paramLabel = "REGEX", description = "Only peers with such a name.")
  private Pattern peers = Pattern.compile("");

  @Option(names = "--csv", paramLabel = "FILE", description = "Write each sample to this file.")
  private @Nullable Path csv;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  PeerOptions() {}

  /** Returns the file for the samples, if one was asked for. */
  @Nullable Path csv() {
    return csv;
  }

  /** Returns the selected ones of some peers. */
  List<String> chosen(List<String> all) {
    return all.stream().filter(peer -> peers.matcher(peer).find()).toList();
  }
}
