package dev.ioloop.demo;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs of this machine that a test needs; a test without its program is skipped. */
public final class Programs {
  private Programs() {}

  /** Returns where a program is, or skips the test. */
  public static Path find(String name) {
    Optional<Path> found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(found.isPresent(), "there is no " + name + " here");
    return found.get();
  }
}
