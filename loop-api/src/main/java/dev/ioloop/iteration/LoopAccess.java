package dev.ioloop.iteration;

import java.util.function.Predicate;

/**
 * Tells our other packages, but not users, whether the calling thread may use a loop. The loop's
 * class provides the check when it is initialized.
 */
public final class LoopAccess {
  private static volatile Predicate<Object> access = loop -> true;

  private LoopAccess() {}

  /** Sets the check. Called once, by the loop's class. */
  public static void set(Predicate<Object> access) {
    LoopAccess.access = access;
  }

  /** Returns whether the calling thread owns {@code loop}, or no thread does. */
  public static boolean mayUse(Object loop) {
    return access.test(loop);
  }
}
