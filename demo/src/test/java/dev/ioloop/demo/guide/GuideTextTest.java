package dev.ioloop.demo.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the guides in docs and the libraries' Javadoc show as Java or as printed text is what the
 * tests here run.
 */
final class GuideTextTest {
  private static final List<Path> GUIDES =
      Stream.of("coroutines.md", "streams.md", "netty.md", "testing.md", "migrating.md")
          .map(guide -> Path.of("..", "docs", guide))
          .toList();
  private static final String FOR_JAVADOC = "javadoc ";
  private static final List<Path> LIBRARIES =
      Stream.of("loop-api", "loop-netty", "loop-nio", "loop-slf4j", "loop-testing")
          .map(module -> Path.of("..", module, "src/main/java"))
          .toList();
  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/test/java/dev/ioloop/demo/guide"),
          Path.of("src/main/java/dev/ioloop/demo/serve/LentEventLoops.java"),
          Path.of("src/main/java/dev/ioloop/demo/serve/WholeRequests.java"),
          Path.of("..", "loop-slf4j/src/test/java/dev/ioloop/slf4j/MdcGuideTest.java"));

  /** Returns the regions of all sources by their names. */
  private static Map<String, String> regions() throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    for (Path source : SOURCES) {
      try (Stream<Path> files = Files.walk(source)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          addRegions(file, regions);
        }
      }
    }
    return regions;
  }

  private static void addRegions(Path file, Map<String, String> regions) throws IOException {
    String name = null;
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String trimmed = line.trim();
      if (trimmed.startsWith("// region ")) {
        assertThat(name).as("region left open in %s before: %s", file, trimmed).isNull();
        name = trimmed.substring("// region ".length());
        lines.clear();
      } else if (trimmed.equals("// endregion")) {
        assertThat(name).as("endregion without region in %s", file).isNotNull();
        assertThat(regions.put(name, text(lines))).as("second region %s", name).isNull();
        name = null;
      } else if (!trimmed.equals("\"\"\"")) { // around what an example prints
        lines.add(line);
      }
    }
    assertThat(name).as("region left open at the end of %s", file).isNull();
  }

  /** Returns what stands in fences that begin with {@code ```java} or {@code ```text}. */
  private static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    for (Path guide : GUIDES) {
      addBlocks(guide, blocks);
    }
    return blocks;
  }

  private static void addBlocks(Path guide, List<String> blocks) throws IOException {
    String fence = null;
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(guide)) {
      if (fence == null) {
        fence = line.startsWith("```") ? line : null;
        lines.clear();
      } else if (line.equals("```")) {
        if (fence.equals("```java") || fence.equals("```text")) {
          blocks.add(text(lines));
        }
        fence = null;
      } else {
        lines.add(line);
      }
    }
  }

  /** Returns the examples in a library's Javadoc by the names of their regions. */
  private static Map<String, String> javadocBlocks() throws IOException {
    Map<String, String> blocks = new LinkedHashMap<>();
    for (Path library : LIBRARIES) {
      try (Stream<Path> files = Files.walk(library)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String type = file.getFileName().toString().replace(".java", "");
          List<String> lines = null;
          for (String line : Files.readAllLines(file)) {
            if (line.endsWith("<pre>{@code")) {
              lines = new ArrayList<>();
            } else if (line.endsWith("}</pre>") && lines != null) {
              String name = FOR_JAVADOC + type;
              assertThat(blocks.put(name, text(lines))).as("second example of %s", type).isNull();
              lines = null;
            } else if (lines != null) {
              lines.add(line.replaceFirst("^ *\\* ?", ""));
            }
          }
        }
      }
    }
    return blocks;
  }

  /** Joins lines without what they are all indented by, and without empty ones at the ends. */
  private static String text(List<String> lines) {
    int from = 0;
    int to = lines.size();
    while (from < to && lines.get(from).isBlank()) {
      from++;
    }
    while (from < to && lines.get(to - 1).isBlank()) {
      to--;
    }
    return String.join("\n", lines.subList(from, to)).stripIndent();
  }

  @Test
  void everyExampleIsARegionThatATestRuns() throws IOException {
    List<String> blocks = blocks();
    assertThat(blocks).hasSizeGreaterThan(20);
    assertThat(regions()).containsValues(blocks.toArray(String[]::new));
  }

  @Test
  void everyRegionIsShown() throws IOException {
    List<String> blocks = blocks();
    Map<String, String> unused = regions();
    unused.keySet().removeIf(name -> name.startsWith(FOR_JAVADOC));
    unused.values().removeAll(blocks);
    assertThat(unused).isEmpty();
  }

  @Test
  void everyExampleInJavadocIsTheRegionOfItsName() throws IOException {
    Map<String, String> forJavadoc = regions();
    forJavadoc.keySet().removeIf(name -> !name.startsWith(FOR_JAVADOC));
    assertThat(javadocBlocks())
        .hasSizeGreaterThan(20)
        .containsExactlyInAnyOrderEntriesOf(forJavadoc);
  }

  @Test
  void noExampleIsShownTwice() throws IOException {
    assertThat(blocks()).doesNotHaveDuplicates();
  }
}
