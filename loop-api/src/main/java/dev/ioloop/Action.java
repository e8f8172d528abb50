package dev.ioloop;

/** A body without a result. It may throw anything, so that user code needs no wrapping. */
@FunctionalInterface
public interface Action {

  /** Runs the body. */
  void run() throws Exception;
}
