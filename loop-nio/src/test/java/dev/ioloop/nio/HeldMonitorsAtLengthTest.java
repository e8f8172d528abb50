package dev.ioloop.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link HeldMonitorsTest}, with enough rounds for both compilers and with each collector. */
@Tag("full")
@Timeout(60)
final class HeldMonitorsAtLengthTest {
  private static final List<String> SCENARIOS = List.of("many nested", "two loops for long");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xcomp",
        "-XX:+UseCompactObjectHeaders",
        "-XX:+UseG1GC",
        "-XX:+UseParallelGC",
        "-XX:+UseSerialGC",
        "-XX:+UseShenandoahGC",
        "-XX:+UseZGC"
      })
  void monitorsAreKeptWhateverRunsTheProgram(String flag) throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() == 25, "the flags are those of JDK 25");
    List<String> flags = List.of("-XX:TieredStopAtLevel=4", flag);
    assertThat(HeldMonitorsTest.run("continuation", flags, SCENARIOS)).isEqualTo(SCENARIOS);
  }

  @Test
  void monitorsAreKeptWhileAllIsRecordedAndDumped() throws Exception {
    Assumptions.assumeTrue(ChildJvm.hasContinuations(), "this JDK has no continuations");
    List<String> scenarios =
        Stream.concat(HeldMonitorsTest.PLACES.stream(), Stream.of("nested", "two loops")).toList();
    List<String> flags = List.of("-XX:TieredStopAtLevel=4", "-Dobserved=true");
    assertThat(HeldMonitorsTest.run("continuation", flags, scenarios)).isEqualTo(scenarios);
  }
}
