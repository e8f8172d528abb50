package dev.ioloop;

import dev.ioloop.diagnostics.Origins;
import dev.ioloop.diagnostics.StackFrames;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The suspended coroutines of one loop as human-readable text: each with the lines at which it
 * waits, and below it the coroutines it waits for. Coroutines that nobody waits for start at the
 * left margin.
 */
final class WaitTree {
  private static final int MAX_DEPTH = 50;

  /**
   * How long a dump may hold the loop once {@link #ENOUGH} coroutines are described; stack traces
   * are slow.
   */
  private static final long LIMIT_NANOS = 50_000_000;

  private static final int ENOUGH = 100;

  /** How many coroutines are scanned for dependencies before printing. */
  private static final int MAX_SCANNED = 10_000;

  private static final String STEP = "  ";

  private final StringBuilder text;
  private final long clock;
  private final long begin = System.nanoTime();

  /** How many coroutines may still be described. */
  private int left;

  private final Set<Runner<?>> described = identitySet();

  /** The coroutines from the left margin to the one being described. */
  private final Set<Runner<?>> path = identitySet();

  private WaitTree(StringBuilder text, long clock, int left) {
    this.text = text;
    this.clock = clock;
    this.left = left;
  }

  private static Set<Runner<?>> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /**
   * Appends the suspended coroutines to {@code text}.
   *
   * @param clock the present time, by {@link IOLoop#clock}
   * @param most how many to describe at most; the others are counted
   */
  static void append(StringBuilder text, SuspendedCoroutines suspended, long clock, int most) {
    WaitTree tree = new WaitTree(text, clock, most);
    tree.appendAll(suspended);
    int more = suspended.size() - tree.described.size();
    if (more > 0) {
      text.append(STEP).append("and ").append(more).append(" more\n");
    }
  }

  private void appendAll(SuspendedCoroutines suspended) {
    if (left == 0) {
      return;
    }
    Set<Runner<?>> awaited = identitySet();
    Runner<?> scanned = suspended.first();
    while (scanned != null && awaited.size() < MAX_SCANNED) {
      awaited.addAll(scanned.waitsFor());
      scanned = scanned.next;
    }
    for (Runner<?> runner = suspended.first(); runner != null && goesOn(); runner = runner.next) {
      if (runner.isSuspended() && !awaited.contains(runner)) {
        append(runner, STEP);
      }
    }
    // Each of the remaining coroutines is awaited by another one of them: they form cycles.
    for (Runner<?> runner = suspended.first(); runner != null && goesOn(); runner = runner.next) {
      if (runner.isSuspended() && !described.contains(runner)) {
        append(runner, STEP);
      }
    }
  }

  private boolean goesOn() {
    return left > 0 && (described.size() < ENOUGH || System.nanoTime() - begin < LIMIT_NANOS);
  }

  private void append(Runner<?> runner, String indent) {
    left--;
    described.add(runner);
    path.add(runner);
    text.append(indent).append(runner).append(", suspended for ").append(age(runner));
    String purpose = runner.purpose();
    if (purpose != null) {
      text.append(": ").append(purpose);
    }
    text.append(Origins.text("\n" + indent + "    started at ", runner));
    text.append('\n');
    for (StackTraceElement frame : StackFrames.ofUser(runner.stackTrace())) {
      text.append(indent).append("    at ").append(frame).append('\n');
    }
    for (Runner<?> awaited : runner.waitsFor()) {
      appendAwaited(awaited, indent + STEP);
    }
    path.remove(runner);
  }

  private void appendAwaited(Runner<?> awaited, String indent) {
    if (path.contains(awaited)) {
      text.append(indent)
          .append("DEADLOCK: it waits for the ")
          .append(awaited)
          .append(" above, which waits for it\n");
    } else if (described.contains(awaited)) {
      text.append(indent).append("the ").append(awaited).append(" above\n");
    } else if (goesOn() && awaited.isSuspended() && path.size() < MAX_DEPTH) {
      append(awaited, indent);
    }
  }

  private String age(Runner<?> runner) {
    return duration(Math.max(0, runner.suspendedFor(clock) / 1_000_000));
  }

  /** Formats the rest of a wait, given in nanoseconds. */
  static String rest(long nanos) {
    return duration(Math.max(0, nanos + 999_999) / 1_000_000);
  }

  /** Formats a duration. */
  static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return millis / 1_000 + "." + millis % 1_000 / 100 + " s";
    }
    long minutes = millis / 60_000;
    return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
