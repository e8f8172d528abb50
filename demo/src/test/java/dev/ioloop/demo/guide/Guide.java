package dev.ioloop.demo.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.demo.Traces;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.FailOnUnexpectedLog;
import dev.ioloop.testing.Testing;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs the examples: a loop, both coroutine engines, and the output. */
@OnEachGenerator
@ExtendWith(FailOnUnexpectedLog.class)
abstract class Guide {
  IOLoop loop;

  private final PrintStream systemOut = System.out;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** In virtual time, where an example does not say otherwise: no test waits for a timeout. */
  IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  @BeforeEach
  final void setUp() {
    System.setOut(new PrintStream(out, true, UTF_8));
    loop = newLoop();
    loop.makeCurrent();
  }

  @AfterEach
  final void tearDown() {
    System.setOut(systemOut);
    loop.close();
  }

  final void assertPrinted(String expected) {
    assertPrinted(out.toString(UTF_8), expected);
  }

  /** Compares the two; a line of three dots stands for any lines. */
  static void assertPrinted(String printed, String expected) {
    String regex =
        Pattern.quote(Traces.withoutNumbers(expected))
            .replaceAll(" *\\.\\.\\.\n", "\\\\E(.*\n)*?\\\\Q");
    assertThat(Traces.withoutNumbers(printed)).matches(regex);
  }

  /** Stands for whatever takes its time. */
  static Future<Integer> slowSum(int a, int b) {
    return Gen.coroutine(
        () -> {
          Gen.await(Gen.sleep(Duration.ofMillis(100)));
          return a + b;
        });
  }
}
