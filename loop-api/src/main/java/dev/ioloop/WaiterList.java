package dev.ioloop;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks of a future that has several. Any thread may add and remove callbacks under this
 * object's monitor. The thread that replaces the list in its future then closes it with {@link
 * #take} and owns what is left. An operation that is refused because the list was taken finds the
 * end in the future.
 *
 * <p>The callbacks are in an array in the order of their registration. Removing one leaves its
 * place empty; the array is compacted when more places are empty than taken. Callbacks near both
 * ends are found by a linear search. For the others, a hash table is built when needed, so that
 * removal takes amortized constant time. No user code runs under the monitor.
 */
final class WaiterList {
  /** How many entries are searched at each end before the index is used. */
  private static final int NEAR = 16;

  private static final int MIN_CAPACITY = 4;

  private @Nullable Consumer<?>[] callbacks = new Consumer<?>[MIN_CAPACITY];

  /** All places before this position are empty. */
  private int first;

  private int end;
  private int size;

  /** How many of the callbacks are coroutines. */
  private int runners;

  private boolean looked;
  private boolean givenUp;
  private boolean taken;

  /** Positions plus one, by identity of the callback; open addressing; null until needed. */
  private int @Nullable [] index;

  /**
   * Creates a list.
   *
   * @param looked whether somebody looks at the outcome other than by a callback
   * @param givenUp whether a wait has timed out, so that a later failure must be logged
   */
  WaiterList(boolean looked, boolean givenUp) {
    this.looked = looked;
    this.givenUp = givenUp;
  }

  /** Adds a callback, which may already be in the list. Returns false if the list was taken. */
  synchronized boolean add(Consumer<?> callback) {
    if (taken) {
      return false;
    }
    if (end == callbacks.length) {
      makeRoom();
    }
    callbacks[end++] = callback;
    size++;
    if (callback instanceof Runner) {
      runners++;
    }
    if (index != null) {
      enter(index, end - 1);
    }
    return true;
  }

  /** Removes one occurrence of a callback. Returns false if there is none or the list was taken. */
  synchronized boolean remove(Consumer<?> callback) {
    int position = taken ? -1 : find(callback);
    if (position < 0) {
      return false;
    }
    callbacks[position] = null;
    size--;
    if (callback instanceof Runner) {
      runners--;
    }
    while (first < end && callbacks[first] == null) {
      first++;
    }
    if (size == 0) {
      callbacks = new Consumer<?>[MIN_CAPACITY];
      first = 0;
      end = 0;
      index = null;
    } else if (end > MIN_CAPACITY * 2 && size < end / 2) {
      closeUp(Math.max(MIN_CAPACITY, size * 2));
    }
    return true;
  }

  /** Records that somebody looks at the outcome. Returns false if the list was taken. */
  synchronized boolean look() {
    looked |= !taken;
    return !taken;
  }

  /** Same as {@link #remove}, for a wait that timed out, which is recorded. */
  synchronized boolean giveUp(Consumer<?> callback) {
    boolean removed = remove(callback);
    givenUp |= removed;
    return removed;
  }

  /** Closes the list. Its callbacks belong to the caller. */
  synchronized void take() {
    taken = true;
    index = null;
  }

  /**
   * Returns whether {@code callback} is the only one, or there is none if it is null, and nobody
   * else looks at the outcome.
   */
  synchronized boolean isOnly(@Nullable Consumer<?> callback) {
    if (looked) {
      return false;
    }
    return callback == null ? size == 0 : size == 1 && callbacks[first] == callback;
  }

  /** Returns whether no callback is left and nobody looks at the outcome. */
  boolean isIdle() {
    return isOnly(null);
  }

  /**
   * Returns whether a coroutine other than {@code runner} waits. If not null, {@code runner} must
   * wait itself.
   */
  synchronized boolean isAwaitedByAnother(@Nullable Runner<?> runner) {
    return runners > (runner == null ? 0 : 1);
  }

  /** Returns whether somebody looks at the outcome, or a coroutine waits, which will look at it. */
  synchronized boolean isLookedAt() {
    return looked || runners > 0;
  }

  /** Returns whether a wait has timed out. Only after {@link #take}. */
  boolean isGivenUp() {
    return givenUp;
  }

  /**
   * Returns the first position with a callback at or after {@code from}, or -1. Only after {@link
   * #take}.
   */
  int next(int from) {
    int position = Math.max(first, from);
    while (position < end && callbacks[position] == null) {
      position++;
    }
    return position < end ? position : -1;
  }

  /** Returns the callback at a position. Only after {@link #take}. */
  @Nullable Consumer<?> at(int position) {
    return callbacks[position];
  }

  private int find(Consumer<?> callback) {
    int near = Math.min(end, first + NEAR);
    for (int i = first; i < near; i++) {
      if (callbacks[i] == callback) {
        return i;
      }
    }
    for (int i = end - 1; i >= Math.max(near, end - NEAR); i--) {
      if (callbacks[i] == callback) {
        return i;
      }
    }
    return end - first <= 2 * NEAR ? -1 : findByIndex(callback);
  }

  private int findByIndex(Consumer<?> callback) {
    int[] table = index;
    if (table == null) {
      table = new int[Integer.highestOneBit(callbacks.length) * 4];
      for (int i = first; i < end; i++) {
        if (callbacks[i] != null) {
          enter(table, i);
        }
      }
      index = table;
    }
    int slot = slot(table, callback);
    while (table[slot] != 0) {
      int position = table[slot] - 1;
      if (callbacks[position] == callback) {
        return position;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return -1;
  }

  /** Enters a position. A table has at least twice as many slots as positions, so it has room. */
  private void enter(int[] table, int position) {
    int slot = slot(table, callbacks[position]);
    while (table[slot] != 0) {
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = position + 1;
  }

  private static int slot(int[] table, @Nullable Object callback) {
    int hash = System.identityHashCode(callback) * 0x9E3779B9;
    return (hash ^ hash >>> 16) & (table.length - 1);
  }

  private void makeRoom() {
    if (size <= end / 2) {
      closeUp(callbacks.length);
    } else {
      callbacks = Arrays.copyOf(callbacks, callbacks.length * 2);
      index = null;
    }
  }

  private void closeUp(int length) {
    @Nullable Consumer<?>[] closed = new Consumer<?>[length];
    int position = 0;
    for (int i = first; i < end; i++) {
      if (callbacks[i] != null) {
        closed[position++] = callbacks[i];
      }
    }
    callbacks = closed;
    first = 0;
    end = position;
    index = null;
  }
}
