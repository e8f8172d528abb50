package dev.ioloop.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Coroutines and generators may be entered inside {@code synchronized}: whoever entered them keeps
 * its monitors when they suspend. In processes of their own, because one that loses a monitor hangs
 * or crashes. A JDK whose monitors are other than {@code HeldMonitors} expects shows here.
 */
@Timeout(60)
final class HeldMonitorsTest {
  static final List<String> PLACES =
      List.of(
          "coroutine",
          "start",
          "runSync",
          "close",
          "turn",
          "turn that resumes",
          "close of a hosted loop",
          "first step",
          "next",
          "hasNext",
          "send",
          "raise",
          "close of a generator");

  private static List<String> places() {
    return PLACES;
  }

  /** Returns the scenarios that have ended, and what was lost in the one that has not. */
  static List<String> run(String engine, List<String> flags, List<String> scenarios)
      throws Exception {
    List<String> quiet = List.of("-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage");
    List<String> arguments = new ArrayList<>(scenarios);
    arguments.add(0, engine);
    try (ChildJvm child =
        ChildJvm.start(
            HeldMonitorsProgram.class,
            Duration.ofSeconds(45),
            Stream.of(quiet, flags).flatMap(List::stream).toList(),
            arguments.toArray(String[]::new))) {
      return child.readAll();
    }
  }

  private static List<String> runOnContinuations(String... scenarios) throws Exception {
    Assumptions.assumeTrue(ChildJvm.hasContinuations(), "this JDK has no continuations");
    return run("continuation", List.of(), List.of(scenarios));
  }

  @ParameterizedTest
  @MethodSource("places")
  void monitorsAreKept(String place) throws Exception {
    assertThat(runOnContinuations(place)).containsExactly(place);
  }

  @Test
  void monitorsAreKeptOnHelperThreadsToo() throws Exception {
    assertThat(run("thread", List.of(), PLACES)).isEqualTo(PLACES);
  }

  @Test
  void monitorsAreKeptWhereTwoLoopsStartCoroutinesAtTheSameTime() throws Exception {
    assertThat(runOnContinuations("two loops")).containsExactly("two loops");
  }

  @Test
  void twentyMonitorsOfAllKindsAreKept() throws Exception {
    assertThat(runOnContinuations("nested")).containsExactly("nested");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=4", "-XX:+UseCompactObjectHeaders"})
  void monitorsAreKeptWhateverRunsTheProgram(String flag) throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() == 25, "the flags are those of JDK 25");
    List<String> scenarios = new ArrayList<>(PLACES);
    scenarios.add("two loops");
    scenarios.add("nested");
    assertThat(run("continuation", List.of(flag), scenarios)).isEqualTo(scenarios);
  }
}
