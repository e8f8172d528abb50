package dev.ioloop;

import dev.ioloop.diagnostics.Plumbing;
import dev.ioloop.diagnostics.StackFrames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one {@code await} that rethrew an exception, attached to that exception as a
 * suppressed one. So the exception keeps its identity and type, and shows the chain of awaits that
 * it passed through.
 */
@Plumbing
final class AwaitTrace extends Throwable {
  private static final long serialVersionUID = 1L;

  /** How many of these an exception may carry: one that thousands await must not grow forever. */
  private static final int MAX_PER_EXCEPTION = 32;

  private AwaitTrace(Object awaiting, StackTraceElement @Nullable [] stack) {
    super("awaited by " + awaiting, null, false, true);
    setStackTrace(framesOfBody(stack == null ? getStackTrace() : stack));
  }

  /** Attaches the frames of the present await of {@code awaiting} to {@code failure}. */
  static void attach(Throwable failure, Object awaiting) {
    attach(failure, awaiting, null);
  }

  /** Same as {@link #attach(Throwable, Object)}, for a suspended body with this stack. */
  static void attach(Throwable failure, Object awaiting, StackTraceElement @Nullable [] stack) {
    int attached = 0;
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof AwaitTrace) {
        attached++;
      }
    }
    if (attached < MAX_PER_EXCEPTION) {
      AwaitTrace trace = new AwaitTrace(awaiting, stack);
      if (trace.getStackTrace().length > 0) {
        failure.addSuppressed(trace);
      }
    }
  }

  /** Removes the frames of the await itself, and those below the body. */
  private static StackTraceElement[] framesOfBody(StackTraceElement[] stack) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      if (StackFrames.isSuspension(frame)) {
        frames.clear();
      } else if (!StackFrames.isSwitching(frame.getClassName())) {
        frames.add(StackFrames.plain(frame));
      } else if (frame.getMethodName().equals("runBody")) {
        break;
      }
    }
    return frames.toArray(new StackTraceElement[0]);
  }
}
