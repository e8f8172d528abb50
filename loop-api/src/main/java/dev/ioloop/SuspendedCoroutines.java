package dev.ioloop;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The suspended coroutines of one loop, in the order of their first suspension. It keeps them
 * alive: a future that nobody else holds would otherwise let its coroutine be collected.
 */
final class SuspendedCoroutines {
  private @Nullable Runner<?> first;
  private @Nullable Runner<?> last;
  private int size;

  void add(Runner<?> runner) {
    runner.listed = true;
    runner.previous = last;
    if (last == null) {
      first = runner;
    } else {
      last.next = runner;
    }
    last = runner;
    size++;
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
    size--;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  List<Runner<?>> toList() {
    List<Runner<?>> list = new ArrayList<>(size);
    for (Runner<?> runner = first; runner != null; runner = runner.next) {
      list.add(runner);
    }
    return list;
  }
}
