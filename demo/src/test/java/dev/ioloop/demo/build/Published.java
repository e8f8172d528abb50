package dev.ioloop.demo.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A compiled module that is published.
 *
 * @param home the Maven module's directory
 * @param name the name in its module descriptor
 * @param exports the packages it exports to everybody
 */
record Published(Path home, String name, Set<String> exports) {
  private static final Pattern MODULES = Pattern.compile("<artifactId>(loop-.*)</artifactId>");

  /** Returns the modules that the BOM lists. */
  static List<Published> modules() {
    try {
      List<String> names =
          MODULES
              .matcher(Files.readString(Path.of("..", "bom", "pom.xml")))
              .results()
              .map(match -> match.group(1))
              .toList();
      assertThat(names).contains("loop-api", "loop-netty");
      return names.stream().map(each -> read(Path.of("..", each))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Published read(Path home) {
    Path file = home.resolve("target/classes/module-info.class");
    assertThat(file)
        .as("The BOM lists %s. Make demo/pom.xml depend on it, so that it is compiled first", home)
        .exists();
    try (InputStream in = Files.newInputStream(file)) {
      ModuleDescriptor module = ModuleDescriptor.read(in);
      Set<String> exports =
          module.exports().stream()
              .filter(each -> !each.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .collect(Collectors.toUnmodifiableSet());
      return new Published(home, module.name(), exports);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the directory of the class files. */
  Path classes() {
    return home.resolve("target/classes");
  }

  /** Returns the names of all classes, as {@link Class#forName(String)} takes them. */
  List<String> classNames() {
    return files(classes(), ".class").stream()
        .map(file -> classes().relativize(file).toString())
        .filter(file -> !file.equals("module-info.class") && !file.endsWith("package-info.class"))
        .map(file -> file.substring(0, file.length() - ".class".length()))
        .map(file -> file.replace(file.contains("\\") ? '\\' : '/', '.'))
        .toList();
  }

  /** Returns the directory of the source files. */
  Path sourceRoot() {
    return home.resolve("src/main/java");
  }

  /** Returns the source files. */
  List<Path> sources() {
    return files(sourceRoot(), ".java");
  }

  private static List<Path> files(Path root, String ending) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
