package dev.ioloop;

import dev.ioloop.diagnostics.Origins;
import dev.ioloop.diagnostics.StackFrames;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The suspended coroutines of one loop as text for people: each with the lines it waits at, and
 * below it those that it waits for. So at the left stand those for which no coroutine waits.
 */
final class WaitTree {
  private static final int MAX_DEPTH = 50;

  /** For how long a loop may be held, once enough is described; stacks take their time. */
  private static final long LIMIT_NANOS = 50_000_000;

  private static final int ENOUGH = 100;

  /** Of how many it is found out for whom they wait, before the first is described. */
  private static final int MAX_SCANNED = 10_000;

  private static final String STEP = "  ";

  private final StringBuilder text;
  private final long clock;
  private final long begin = System.nanoTime();

  /** How many coroutines may still be described. */
  private int left;

  private final Set<Runner<?>> described = identitySet();

  /** Those from the left to the one that is described now. */
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
   * @param most how many are described; the rest is counted
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
    // What is left is awaited by others that are left: they go round in a circle.
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

  /** Returns the rest of a wait, in nanoseconds, as people say it. */
  static String rest(long nanos) {
    return duration(Math.max(0, nanos + 999_999) / 1_000_000);
  }

  /** Returns a length of time as people say it. */
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
