package dev.ioloop;

import dev.ioloop.fiber.Fiber;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The ends of futures that the JDK tells us of, inside of whatever completed them. What follows
 * from one may be the next; so they go one inside the other up to a depth only, and then wait for
 * the outermost one: a chain of our futures and the JDK's in turn needs no more stack than that.
 */
final class Endings {
  private static final int DEEPEST = 32;

  /** In which fiber they go on, for one that awaits meanwhile takes its frames with it. */
  private @Nullable Fiber fiber;

  private int depth;
  private final ArrayDeque<Future<?>> later = new ArrayDeque<>(1);
  private @Nullable Throwable broken;

  private Endings(@Nullable Fiber fiber) {
    this.fiber = fiber;
  }

  /** Takes and runs the callbacks of {@code done}: now, or before the outermost call returns. */
  static void finish(Future<?> done) {
    ThreadState state = ThreadState.get();
    Fiber fiber = state.fiber();
    Endings outer = state.endings;
    if (outer != null && outer.fiber == fiber) {
      outer.add(done);
      return;
    }
    Endings endings = new Endings(fiber);
    state.endings = endings;
    try {
      endings.add(done);
    } finally {
      endings.fiber = null;
      ThreadState.get().endings = outer;
    }
  }

  private void add(Future<?> done) {
    if (depth == DEEPEST) {
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

  /** What lacks stack is tried again where there is more: nobody sees what we throw at the JDK. */
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
