package dev.ioloop;

import java.util.ArrayList;
import java.util.List;

/**
 * The frames of one {@code await} that rethrew an exception, attached to that exception as a
 * suppressed one: so the exception keeps its identity and its type, and shows the chain of awaits
 * it went through.
 */
final class AwaitTrace extends Throwable {
  private static final long serialVersionUID = 1L;

  /** How many an exception may carry: one that thousands await must not grow for ever. */
  private static final int MAX_PER_EXCEPTION = 32;

  private AwaitTrace(Runner<?> runner) {
    super("awaited by " + runner, null, false, true);
    setStackTrace(framesOfBody(getStackTrace()));
  }

  /** Attaches the frames of the present await to {@code failure}. */
  static void attach(Throwable failure, Runner<?> runner) {
    int attached = 0;
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof AwaitTrace) {
        attached++;
      }
    }
    if (attached < MAX_PER_EXCEPTION) {
      AwaitTrace trace = new AwaitTrace(runner);
      if (trace.getStackTrace().length > 0) {
        failure.addSuppressed(trace);
      }
    }
  }

  /** Leaves out the frames of the await itself, and those below the body. */
  private static StackTraceElement[] framesOfBody(StackTraceElement[] stack) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (name.equals(Runner.class.getName()) && frame.getMethodName().equals("runBody")) {
        break;
      }
      if (!StackFrames.isSwitching(name)) {
        frames.add(StackFrames.plain(frame));
      }
    }
    return frames.toArray(new StackTraceElement[0]);
  }
}
