package dev.ioloop.diagnostics;

/**
 * Which events a flight recording wants now. Plain fields, because they are looked at on hot paths:
 * without a recording an event costs that look, and no class of the recorder is loaded.
 */
public final class Flight {
  public static boolean blockedLoops;
  public static boolean lateTimeouts;
  public static boolean coroutines;

  /** From when on the wait of a coroutine is long enough. */
  public static long longWaitNanos = Long.MAX_VALUE;

  public static boolean slowTurns;
  public static boolean streams;

  private Flight() {}

  /** Begins to follow the recordings of this process, where the JDK has a recorder. */
  public static void follow() {
    try {
      FlightEvents.follow();
    } catch (LinkageError | IllegalStateException | SecurityException e) {
      // Without the module jdk.jfr, or on a JVM without a recorder.
    }
  }
}
