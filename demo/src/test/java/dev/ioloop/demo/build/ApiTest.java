package dev.ioloop.demo.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the exported signatures with docs/api.txt, so that a review sees every change of the
 * API.
 */
final class ApiTest {
  private static final Path FILE = Path.of("..", "docs", "api.txt");
  private static final String UPDATE =
      "mvn -B test -pl demo -am -Dtest=ApiTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dapi.update=true";

  @Test
  void the_exported_signatures_are_those_in_the_docs() throws Exception {
    List<String> lines = exported();
    if (Boolean.getBoolean("api.update")) {
      Files.write(FILE, lines);
    }
    List<String> written = Files.exists(FILE) ? Files.readAllLines(FILE) : List.of();
    assertThat(difference(written, lines))
        .as("Signatures that are new (+) or gone (-). If they are meant, run:\n%s", UPDATE)
        .isEmpty();
    assertThat(lines)
        .as("The order of docs/api.txt. To update it, run:\n%s", UPDATE)
        .isEqualTo(written);
  }

  private static List<String> exported() throws IOException, ClassNotFoundException {
    List<Published> modules = Published.modules();
    List<URL> classes = new ArrayList<>();
    for (Published each : modules) {
      classes.add(each.classes().toUri().toURL());
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "# The exported signatures of all published modules. CONTRIBUTING.md says how to update them.");
    try (var loader =
        new URLClassLoader(classes.toArray(URL[]::new), ApiTest.class.getClassLoader())) {
      for (Published module : modules) {
        lines.add("");
        lines.add("module " + module.name());
        for (String name : module.classNames()) {
          Class<?> type = Class.forName(name, false, loader);
          if (module.exports().contains(type.getPackageName()) && Signatures.isVisible(type)) {
            lines.add("");
            lines.add(Signatures.of(type));
            Signatures.ofMembers(type).forEach(member -> lines.add("  " + member));
          }
        }
      }
    }
    return lines;
  }

  /** Returns the lines that only one of the two lists has, each with its class. */
  private static List<String> difference(List<String> before, List<String> after) {
    Set<String> removed = withTypes(before);
    Set<String> added = withTypes(after);
    removed.removeAll(withTypes(after));
    added.removeAll(withTypes(before));
    return Stream.concat(
            removed.stream().map(line -> "- " + line), added.stream().map(line -> "+ " + line))
        .toList();
  }

  private static Set<String> withTypes(List<String> lines) {
    Set<String> all = new LinkedHashSet<>();
    String type = "";
    for (String line : lines) {
      if (!line.startsWith("  ")) {
        type = line;
      }
      all.add(line.startsWith("  ") ? type + " { " + line.trim() + " }" : line);
    }
    return all;
  }
}
