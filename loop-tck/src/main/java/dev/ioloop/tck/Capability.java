package dev.ioloop.tck;

/** Something that a test may need of a backend, and that not every backend can do. */
public enum Capability {

  /** Watches the system's channels: sockets and pipes. */
  CHANNELS("watches no channels"),

  /** Runs by the system's clock, so that other threads may wait for the loop and be waited for. */
  REAL_TIME("does not run by the system's clock"),

  /**
   * Keeps one order among what is ready at the same time. Every test must hold in any order; those
   * that are not about channels and timeouts name this, so that a run in shuffled orders is spent
   * on those that are.
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
