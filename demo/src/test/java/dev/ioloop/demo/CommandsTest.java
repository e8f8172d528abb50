package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Backend;
import dev.ioloop.IOLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {

  static Stream<List<String>> choices() {
    return Choices.all();
  }

  private static CommandRun run(List<String> choice, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(choice);
    return CommandRun.of(arguments);
  }

  @ParameterizedTest
  @MethodSource("choices")
  void asynSumPrintsTheTranscript(List<String> choice) {
    CommandRun run = run(choice, "asyn-sum");
    Transcripts.assertAsynSum(run.out());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("choices")
  void generatorHandsBackWhatIsSent(List<String> choice) {
    assertThat(run(choice, "generator"))
        .isEqualTo(new CommandRun(0, Transcripts.GENERATOR, List.of()));
  }

  @ParameterizedTest
  @MethodSource("choices")
  void wakerRunsEachCallbackThatTheThreadAdds(List<String> choice) {
    assertThat(run(choice, "waker", "--period", "50ms", "--count", "2"))
        .isEqualTo(new CommandRun(0, Transcripts.WAKER_TWICE, List.of()));
  }

  @Test
  void wakerWithoutCallbacksEndsAfterTheFirst() {
    assertThat(CommandRun.of("waker", "--count", "0").out())
        .isEqualTo(Transcripts.WAKER_TWICE.subList(0, 4));
  }

  @ParameterizedTest
  @MethodSource("choices")
  void backendsMarksWhatIsChosen(List<String> choice) {
    CommandRun run = run(choice, "backends");
    assertThat(run.out()).filteredOn(line -> line.startsWith("BACKEND")).hasSize(1);
    assertThat(run.out()).filteredOn(line -> line.startsWith("GENERATOR")).hasSize(1);
    assertThat(run.out())
        .filteredOn(line -> line.contains("chosen"))
        .satisfiesExactly(
            line -> assertThat(line).matches(choice.get(1) + " +yes +chosen"),
            line -> assertThat(line).matches(choice.get(3) + " +yes +chosen"));
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @Test
  void backendsNamesEachAndWhyItIsUnavailable() {
    List<String> out = CommandRun.of("backends").out();
    for (Backend backend : IOLoop.backends()) {
      assertThat(out)
          .filteredOn(line -> line.startsWith(backend.name() + " "))
          .singleElement()
          .asString()
          .matches(
              backend.available()
                  ? "\\S+ +yes( +chosen)?"
                  : "\\S+ +no +\\Q" + backend.unavailabilityCause().getMessage() + "\\E");
    }
    assertThat(out)
        .filteredOn(line -> line.startsWith("continuation "))
        .singleElement()
        .asString()
        .matches(
            Choices.hasContinuations()
                ? "continuation +yes +chosen"
                : "continuation +no .*JDK 21.*");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void epollIsTheDefaultOnLinux() {
    assertThat(CommandRun.of("backends").out())
        .anySatisfy(line -> assertThat(line).matches("epoll +yes +chosen"))
        .anySatisfy(line -> assertThat(line).matches("nio +yes"))
        .anySatisfy(line -> assertThat(line).startsWith("io_uring "))
        .anySatisfy(line -> assertThat(line).matches("kqueue +no +\\S.*"));
  }

  @Test
  void optionsMayStandBeforeTheCommand() {
    CommandRun run = CommandRun.of("--backend", "nio", "--generator", "thread", "backends");
    assertThat(run.out())
        .anySatisfy(line -> assertThat(line).matches("nio +yes +chosen"))
        .anySatisfy(line -> assertThat(line).matches("thread +yes +chosen"));
  }

  @Test
  void helpNamesTheCommandsTheOptionsAndExamples() {
    CommandRun run = CommandRun.of("--help");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(String.join("\n", run.out()))
        .contains("asyn-sum", "generator", "waker", "tasks", "crawl", "backends")
        .contains("--backend", "--generator", "--verbose", "--version")
        .contains("Exit codes:", "Examples:", "java -jar ioloop-demo.jar asyn-sum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"asyn-sum", "generator", "waker", "tasks", "crawl", "backends"})
  void everyCommandHasHelpWithItsOwnExamples(String command) {
    CommandRun run = CommandRun.of(command, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().get(0)).startsWith("Usage: java -jar ioloop-demo.jar " + command + " ");
    assertThat(String.join("\n", run.out())).contains("--backend", "--generator");
    assertThat(run.out().subList(run.out().indexOf("Examples:") + 1, run.out().size()))
        .hasSizeGreaterThan(1)
        .allSatisfy(line -> assertThat(line).startsWith("  java -jar ioloop-demo.jar " + command));
  }

  @Test
  void versionNamesTheJvm() {
    CommandRun run = CommandRun.of("--version");
    assertThat(run.code()).isZero();
    assertThat(run.out()).hasSize(2);
    assertThat(run.out().get(0)).startsWith("ioloop-demo ");
    assertThat(run.out().get(1)).contains(System.getProperty("java.version"));
  }
}
