package dev.ioloop.diagnostics;

/**
 * Which events a flight recording wants now. These are plain fields because hot paths check them:
 * without a recording, an event costs that check, and no class of the recorder is loaded.
 */
public final class Flight {
  public static boolean blockedLoops;
  public static boolean lateTimeouts;
  public static boolean coroutines;

  /** The shortest wait of a coroutine that is recorded. */
  public static long longWaitNanos = Long.MAX_VALUE;

  public static boolean slowTurns;
  public static boolean streams;

  private Flight() {}

  /** Starts following the recordings of this process, if the JDK has a recorder. */
  public static void follow() {
    try {
      FlightEvents.follow();
    } catch (LinkageError | IllegalStateException | SecurityException e) {
      // Without the module jdk.jfr, or on a JVM without a recorder.
    }
  }
}
