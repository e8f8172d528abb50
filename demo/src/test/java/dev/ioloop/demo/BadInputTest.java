package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Backend;
import dev.ioloop.IOLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake has its exit code and one sentence on stderr; stdout stays empty. */
final class BadInputTest {

  private static void assertRefused(CommandRun run, String sentence) {
    assertThat(run.err()).first().asString().isEqualTo(sentence);
    assertThat(run.err()).noneMatch(line -> line.contains("\tat "));
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"asyn-sum", "generator", "waker", "tasks", "crawl", "backends"})
  void unknownBackendListsWhatWasFound(String command) {
    CommandRun run = CommandRun.of(command, "--backend", "bogus");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains("no backend named \"bogus\"");
    for (Backend backend : IOLoop.backends()) {
      assertThat(run.err().get(0))
          .contains(backend.name() + (backend.available() ? " (available)" : " (unavailable: "));
    }
  }

  @Test
  void unavailableBackendSaysWhy() {
    for (Backend backend : IOLoop.backends()) {
      if (!backend.available()) {
        CommandRun run = CommandRun.of("asyn-sum", "--backend", backend.name());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
            .singleElement()
            .asString()
            .contains("\"" + backend.name() + "\" is not available")
            .contains(backend.unavailabilityCause().getMessage());
      }
    }
  }

  @Test
  void unknownGeneratorNamesTheTwo() {
    CommandRun run = CommandRun.of("generator", "--generator", "bogus");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("\"bogus\"", "\"continuation\"", "\"thread\"");
  }

  @Test
  void continuationWhereThereIsNoneSaysWhatItNeeds() {
    CommandRun run = CommandRun.of("generator", "--generator", "continuation");
    if (Choices.hasContinuations()) {
      assertThat(run.code()).isZero();
    } else {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).singleElement().asString().contains("JDK 21");
    }
  }

  @Test
  void unknownOptionIsNamedWithWhatWasMeant() {
    CommandRun run = CommandRun.of("asyn-sum", "--backends=nio");
    assertRefused(run, "Unknown option: '--backends=nio'");
    assertThat(run.err()).contains("Try 'java -jar ioloop-demo.jar asyn-sum --help'.");
    assertThat(run.err()).anyMatch(line -> line.startsWith("Possible solutions: --backend"));
  }

  @Test
  void unknownCommandIsAnsweredWithTheCommands() {
    CommandRun run = CommandRun.of("bogus");
    assertRefused(run, "Unmatched argument at index 0: 'bogus'");
    assertThat(run.err())
        .last()
        .asString()
        .contains(
            "--help",
            "asyn-sum, generator, waker, tasks, crawl, echo-server, echo-client, tls-echo, proxy, chat, serve, attach, backends");
  }

  @Test
  void noCommandIsAnsweredWithTheCommands() {
    CommandRun run = CommandRun.of();
    assertRefused(run, "Missing required subcommand");
    assertThat(run.err())
        .last()
        .asString()
        .contains(
            "asyn-sum, generator, waker, tasks, crawl, echo-server, echo-client, tls-echo, proxy, chat, serve, attach, backends");
  }

  @Test
  void missingValueIsNamed() {
    assertRefused(
        CommandRun.of("asyn-sum", "--backend"),
        "Missing required parameter for option '--backend' (NAME)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "many", "", "2.5", "99999999999"})
  void countMustBeAWholeNumberFromZero(String count) {
    assertRefused(
        CommandRun.of("waker", "--count", count),
        "Invalid value for option '--count': \""
            + count
            + "\" is not a count; write a whole number from 0 to 2147483647");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "-1s", "1.5s", "s", "", "1 s", "10d", "99999999999s", "PT1S"})
  void periodMustBeADuration(String period) {
    assertRefused(
        CommandRun.of("waker", "--period", period),
        "Invalid value for option '--period': \""
            + period
            + "\" is not a duration; write a whole number and ms, s or m: 200ms, 1s, 2m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:6379", "http://:secret@localhost", "redis://:secret@", "a b"})
  void redisIsAUriThatIsNotRepeated(String uri) {
    CommandRun run = CommandRun.of("serve", "--redis", uri);
    assertRefused(
        run,
        "Invalid value for option '--redis': this is not the address of a Redis; write redis://HOST:PORT,"
            + " redis://:PASSWORD@HOST:PORT, or rediss:// for TLS");
    assertThat(run.err()).noneMatch(line -> line.contains("secret"));
  }

  @Test
  void redisThatIsNotThereIsAnErrorThatNamesNoPassword() throws Exception {
    int port = RedisServer.freePort();
    CommandRun run =
        CommandRun.of("serve", "--port", "0", "--redis", "redis://:secret@127.0.0.1:" + port);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .first()
        .asString()
        .startsWith("serve failed: no Redis at 127.0.0.1:" + port + ": ");
    assertThat(run.err()).noneMatch(line -> line.contains("secret"));
  }

  @ParameterizedTest
  @CsvSource({"0ms, 0", "200ms, 200", "1s, 1000", "2m, 120000"})
  void durationsHaveThreeUnits(String text, long millis) {
    assertThat(new DurationConverter().convert(text).toMillis()).isEqualTo(millis);
  }

  @Test
  void failingCommandHasExitCodeOneAndNoStackTrace() {
    CommandRun run = runWithProperty("dev.ioloop.backend", "bogus", "asyn-sum");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("asyn-sum failed: there is no backend named \"bogus\"");
  }

  @Test
  void verboseShowsTheStackTraceToo() {
    CommandRun run = runWithProperty("dev.ioloop.backend", "bogus", "asyn-sum", "--verbose");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).anyMatch(line -> line.startsWith("\tat dev.ioloop."));
  }

  private static CommandRun runWithProperty(String name, String value, String... command) {
    System.setProperty(name, value);
    try {
      return CommandRun.of(command);
    } finally {
      System.clearProperty(name);
    }
  }
}
