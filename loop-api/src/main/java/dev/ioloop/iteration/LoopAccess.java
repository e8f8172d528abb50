package dev.ioloop.iteration;

import java.util.function.Predicate;

/**
 * Tells other packages of ours, and no user, whether the calling thread may use a loop. The loop's
 * class says how to find out when it is initialised.
 */
public final class LoopAccess {
  private static volatile Predicate<Object> access = loop -> true;

  private LoopAccess() {}

  /** Called once, by the loop's class. */
  public static void set(Predicate<Object> access) {
    LoopAccess.access = access;
  }

  /** Returns whether the calling thread owns {@code loop}, or nobody does. */
  public static boolean mayUse(Object loop) {
    return access.test(loop);
  }
}
