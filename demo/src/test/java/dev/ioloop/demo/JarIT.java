package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged jar, started as the README says, without any flag. */
final class JarIT {
  private static final Path JAR = Path.of("target", "ioloop-demo.jar").toAbsolutePath();

  static Stream<List<String>> choices() {
    return Choices.all();
  }

  private static JavaRun run(List<String> arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("-jar", JAR.toString()));
    all.addAll(arguments);
    return JavaRun.of(all);
  }

  @ParameterizedTest
  @MethodSource("choices")
  void asynSumPrintsTheTranscriptAndNoWarning(List<String> choice) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("asyn-sum"));
    arguments.addAll(choice);
    JavaRun run = run(arguments);
    assertThat(run.err()).isEmpty();
    Transcripts.assertAsynSum(run.out());
    assertThat(run.code()).isZero();
  }

  @Test
  void asynSumNeedsNoOptionAndWarnsOfNothing() throws Exception {
    JavaRun run = run(List.of("asyn-sum"));
    assertThat(run.err()).isEmpty();
    Transcripts.assertAsynSum(run.out());
  }

  @Test
  void generatorPrintsItsTranscript() throws Exception {
    assertThat(run(List.of("generator")))
        .isEqualTo(new JavaRun(0, Transcripts.GENERATOR, List.of()));
  }

  @Test
  void wakerEndsByItself() throws Exception {
    assertThat(run(List.of("waker", "--period", "50ms", "--count", "2")))
        .isEqualTo(new JavaRun(0, Transcripts.WAKER_TWICE, List.of()));
  }

  @Test
  void tasksPrintsTwoTraces() throws Exception {
    JavaRun run = run(List.of("tasks"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).anyMatch(line -> line.contains("NumberFormatException"));
    assertThat(run.out()).anyMatch(line -> line.contains("LoopTimeoutException"));
    assertThat(run.code()).isZero();
  }

  @Test
  void crawlEndsByItself() throws Exception {
    JavaRun run = run(List.of("crawl", "--pages", "5"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).last().asString().startsWith("pages: 5, workers: 4, time: ");
    assertThat(run.code()).isZero();
  }

  @Test
  void manifestGivesTheFastMakeWhereThereIsOne() throws Exception {
    JavaRun run = run(List.of("backends"));
    String engine = Choices.hasContinuations() ? "continuation" : "thread";
    assertThat(run.out()).anyMatch(line -> line.matches(engine + " +yes +chosen"));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void versionIsTheJars() throws Exception {
    assertThat(run(List.of("--version")).out().get(0)).matches("ioloop-demo \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void wrongUseHasExitCodeTwo() throws Exception {
    JavaRun run = run(List.of("asyn-sum", "--backend", "bogus"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains("no backend named \"bogus\"");
  }

  @Test
  void failureHasExitCodeOne() throws Exception {
    JavaRun run =
        JavaRun.of(List.of("-Ddev.ioloop.backend=bogus", "-jar", JAR.toString(), "asyn-sum"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).singleElement().asString().startsWith("asyn-sum failed: ");
  }

  @Test
  void nativeLibrariesOfEverySystemAreInside() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(jar.stream().map(entry -> entry.getName()))
          .contains(
              "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
              "META-INF/native/libnetty_transport_native_epoll_aarch_64.so",
              "META-INF/native/libnetty_transport_native_io_uring42_x86_64.so",
              "META-INF/native/libnetty_transport_native_io_uring42_aarch_64.so",
              "META-INF/native/libnetty_transport_native_kqueue_x86_64.jnilib",
              "META-INF/native/libnetty_transport_native_kqueue_aarch_64.jnilib");
    }
  }
}
