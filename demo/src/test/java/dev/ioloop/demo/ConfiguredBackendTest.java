package dev.ioloop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.GenTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The loops of the testing kit, where there is more than one backend to choose from. */
class ConfiguredBackendTest {

  @BeforeAll
  static void configure() {
    IOLoop.configure("nio");
  }

  @AfterAll
  static void configureTheDefault() {
    IOLoop.configure(null);
  }

  @GenTest
  void testRunsOnIt() {
    assertThat(IOLoop.current().backend()).isEqualTo("nio");
  }

  @GenTest(shuffled = true)
  void shuffledTestRunsOnIt() {
    assertThat(IOLoop.current().backend()).isEqualTo("shuffled nio");
  }
}
