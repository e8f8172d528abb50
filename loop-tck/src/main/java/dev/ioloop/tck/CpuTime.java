package dev.ioloop.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Tells a loop that sleeps from one that spins. */
final class CpuTime {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuTime() {}

  /**
   * Asserts that the loop sleeps through {@code length}: a spinning one would take all of it as CPU
   * time, a sleeping one takes far less than a third.
   */
  static void assertSleeps(LoopContract contract, Duration length) {
    contract.runFor(Duration.ofMillis(1)); // Loads the classes.
    long before = THREADS.getCurrentThreadCpuTime();
    contract.runFor(length);
    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before))
        .as("CPU time of the loop's thread")
        .isLessThan(length.dividedBy(3));
  }
}
