package dev.ioloop.tck;

/** Something that a test may need of a backend, and that some backends lack. */
public enum Capability {

  /** Watches the system's channels: sockets and pipes. */
  CHANNELS("watches no channels"),

  /** Runs by the system's clock, so that other threads and the loop may wait for each other. */
  REAL_TIME("does not run by the system's clock"),

  /**
   * Serves simultaneously ready channels in one order. Every test must hold in any order; tests
   * that are not about channels and timeouts name this, so that a run in shuffled orders spends its
   * time on those that are.
   */
  ORDER("shuffles what is ready, and this test is not about that");

  private final String lack;

  Capability(String lack) {
    this.lack = lack;
  }

  /** Returns why a test that needs this is skipped on {@code backend}. */
  String reasonToSkip(String backend) {
    return backend + " " + lack;
  }
}
