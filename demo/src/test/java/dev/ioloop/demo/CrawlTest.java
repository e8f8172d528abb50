package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command {@code crawl} finds every page of its site once, and ends. */
final class CrawlTest {

  static Stream<List<String>> choices() {
    return Choices.all();
  }

  private static void assertCrawled(CommandRun run, int pages, int workers) {
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    int last = run.out().size() - 1;
    assertThat(run.out().get(last))
        .matches("pages: " + pages + ", workers: " + workers + ", time: \\d+ ms");
    assertThat(run.out().subList(0, last))
        .allSatisfy(
            line -> {
              assertThat(line).matches("worker \\d+: /\\d+");
              int worker = Integer.parseInt(line.split("[ :]")[1]);
              assertThat(worker).isBetween(1, workers);
            })
        .map(line -> line.substring(line.indexOf('/') + 1))
        .map(Integer::valueOf)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, pages).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("choices")
  void workersFindEveryPageOnce(List<String> choice) {
    List<String> arguments = new ArrayList<>(List.of("crawl", "--workers", "3", "--pages", "7"));
    arguments.addAll(choice);
    assertCrawled(CommandRun.of(arguments), 7, 3);
  }

  @Test
  void oneWorkerTakesThePagesInTheOrderOfTheLinks() {
    CommandRun run = CommandRun.of("crawl", "--workers", "1", "--pages", "4");
    assertThat(run.out().subList(0, 4))
        .containsExactly("worker 1: /0", "worker 1: /1", "worker 1: /2", "worker 1: /3");
  }

  @Test
  void moreWorkersThanPagesEndToo() {
    assertCrawled(CommandRun.of("crawl", "--workers", "20", "--pages", "1"), 1, 20);
  }

  @Test
  void workersAndPagesHaveLimits() {
    for (String workers : List.of("0", "1001", "-1", "many")) {
      CommandRun run = CommandRun.of("crawl", "--workers", workers);
      assertThat(run.err())
          .containsExactly(
              "Invalid value for option '--workers': \""
                  + workers
                  + "\" is not a count; write a whole number from 1 to 1000");
      assertThat(run.out()).isEmpty();
      assertThat(run.code()).isEqualTo(2);
    }
    assertThat(CommandRun.of("crawl", "--pages", "0").err())
        .singleElement()
        .asString()
        .endsWith("\"0\" is not a count; write a whole number from 1 to 100000");
  }
}
