package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** What the examples print, line by line. */
final class Transcripts {
  static final List<String> ASYN_SUM =
      List.of(
          " asyn_sum 2 3",
          "(pending)",
          " asyn_sum 2 3",
          "(pending)",
          "start  ********************",
          "after yielded",
          "2 3 5",
          "after yielded",
          "2 3 5");

  static final List<String> GENERATOR = List.of("enter", "1", "2", "3");

  static final List<String> WAKER_TWICE =
      List.of(
          "add a callback function",
          "start a thread to add callback function",
          "start ioloop",
          "run callback function test, args: 2 2",
          "add callback",
          "run callback function test, args: 888 999",
          "add callback",
          "run callback function test, args: 888 999");

  private Transcripts() {}

  /** Asserts the output of asyn-sum; a pending future prints its identity, too. */
  static void assertAsynSum(List<String> printed) {
    List<String> lines = new ArrayList<>(printed);
    lines.replaceAll(line -> line.matches("Future@\\w+\\[pending].*") ? "(pending)" : line);
    assertThat(lines).isEqualTo(ASYN_SUM);
  }
}
