package dev.ioloop.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Fork;

/** The JVMs that measure: all use the JDK of this JVM, and the options of JMH's JVMs. */
final class Jvm {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  static final List<String> OPTIONS =
      List.of(LoopBenchmark.class.getAnnotation(Fork.class).jvmArgsAppend());

  /** The code of this JVM. */
  static final String CLASS_PATH = System.getProperty("java.class.path");

  private Jvm() {}

  /** Returns a builder that starts a JVM with additional options; its errors go where ours go. */
  static ProcessBuilder of(
      List<String> moreOptions, String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(JAVA.toString());
    command.addAll(OPTIONS);
    command.addAll(moreOptions);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
