package dev.ioloop;

import dev.ioloop.fiber.Fiber;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of futures whose completion the JDK reports, inside the completing call. One
 * completion may cause the next. They nest only up to a fixed depth; deeper ones wait for the
 * outermost. So a chain that alternates between our futures and the JDK's needs a bounded stack.
 */
final class NestedCompletions {
  private static final int MAX_DEPTH = 32;

  /** The fiber on which the callbacks run: one that awaits takes its frames away with it. */
  private @Nullable Fiber fiber;

  private int depth;
  private final ArrayDeque<Future<?>> later = new ArrayDeque<>(1);
  private @Nullable Throwable broken;

  private NestedCompletions(@Nullable Fiber fiber) {
    this.fiber = fiber;
  }

  /** Takes and runs the callbacks of {@code done}: now, or before the outermost call returns. */
  static void finish(Future<?> done) {
    ThreadState state = ThreadState.get();
    Fiber fiber = state.fiber();
    NestedCompletions outer = state.completions;
    if (outer != null && outer.fiber == fiber) {
      outer.add(done);
      return;
    }
    NestedCompletions completions = new NestedCompletions(fiber);
    state.completions = completions;
    try {
      completions.add(done);
    } finally {
      completions.fiber = null;
      ThreadState.get().completions = outer;
    }
  }

  private void add(Future<?> done) {
    if (depth == MAX_DEPTH) {
      later.add(done);
      return;
    }
    depth++;
    try {
      run(done);
      if (depth == 1) {
        runLater(done);
      }
    } finally {
      depth--;
    }
  }

  private void runLater(Future<?> outermost) {
    for (Future<?> next = later.poll(); next != null; next = later.poll()) {
      run(next);
    }
    Throwable thrown = broken;
    if (thrown != null) {
      broken = null;
      IOLoop.report(outermost, thrown);
    }
  }

  /**
   * Retries, where there is more stack, what failed for lack of it. Nobody would see an exception
   * that we threw at the JDK.
   */
  private void run(Future<?> done) {
    try {
      done.finish();
    } catch (Throwable e) {
      broken = e;
      if (depth > 1) {
        later.add(done);
      }
    }
  }
}
