package dev.ioloop;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The suspended coroutines of one loop, in the order of their first suspension. The list keeps them
 * alive: otherwise a coroutine could be garbage-collected because nobody else holds the future that
 * it awaits.
 */
final class SuspendedCoroutines {
  private @Nullable Runner<?> first;
  private @Nullable Runner<?> last;
  private int listed;

  /**
   * How many of the listed coroutines are running a segment now: more than one if one resumes
   * another.
   */
  private int running;

  void add(Runner<?> runner) {
    runner.listed = true;
    runner.previous = last;
    if (last == null) {
      first = runner;
    } else {
      last.next = runner;
    }
    last = runner;
    listed++;
  }

  void remove(Runner<?> runner) {
    Runner<?> before = runner.previous;
    Runner<?> after = runner.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    runner.previous = null;
    runner.next = null;
    runner.listed = false;
    listed--;
  }

  /** Called when a listed coroutine is resumed. */
  void resumed() {
    running++;
  }

  /** Called when the segment of a listed coroutine has ended. */
  void paused() {
    running--;
  }

  /** Returns how many coroutines are suspended now. */
  int size() {
    return listed - running;
  }

  /** Returns whether all coroutines have ended. */
  boolean isEmpty() {
    return listed == 0;
  }

  /** Returns the coroutine that was suspended first; each one links to the next. */
  @Nullable Runner<?> first() {
    return first;
  }

  List<Runner<?>> toList() {
    List<Runner<?>> list = new ArrayList<>(listed);
    for (Runner<?> runner = first; runner != null; runner = runner.next) {
      list.add(runner);
    }
    return list;
  }
}
