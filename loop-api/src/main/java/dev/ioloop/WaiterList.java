package dev.ioloop;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks of one future that has several: any thread adds and removes under this object's
 * monitor, until the thread that replaced the list in its future has closed it with {@link #take}
 * and owns what is left; an operation that is refused because of that finds the end in the future.
 *
 * <p>The callbacks stand in an array in the order of their registration. A removed one leaves its
 * place empty, and more empty places than taken ones are closed up. Near both ends a callback is
 * found by looking; for the others there is a hash table, built when it is needed, so removing any
 * one takes constant time in the long run. No code of a user runs under the monitor.
 */
final class WaiterList {
  /** How many entries are looked at from each end before the index is used. */
  private static final int NEAR = 16;

  private static final int SMALLEST = 4;

  private @Nullable Consumer<?>[] callbacks = new Consumer<?>[SMALLEST];

  /** Before this position all places are empty. */
  private int first;

  private int end;
  private int size;

  /** How many of them are coroutines. */
  private int runners;

  private boolean looked;
  private boolean givenUp;
  private boolean taken;

  /** Positions plus one by the identity of the callback, open addressing; null until needed. */
  private int @Nullable [] index;

  /**
   * Makes a list.
   *
   * @param looked whether somebody looks at the outcome in another way than by a callback
   * @param givenUp whether a wait has timed out, so that a later failure is to be logged
   */
  WaiterList(boolean looked, boolean givenUp) {
    this.looked = looked;
    this.givenUp = givenUp;
  }

  /** Adds a callback, which may be there already; false where the list was taken. */
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

  /** Removes a callback, once; false where it is not there or the list was taken. */
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
      callbacks = new Consumer<?>[SMALLEST];
      first = 0;
      end = 0;
      index = null;
    } else if (end > SMALLEST * 2 && size < end / 2) {
      closeUp(Math.max(SMALLEST, size * 2));
    }
    return true;
  }

  /** Notes that somebody looks at the outcome; false where the list was taken. */
  synchronized boolean look() {
    looked |= !taken;
    return !taken;
  }

  /** As {@link #remove}, of a wait that timed out, which is noted. */
  synchronized boolean giveUp(Consumer<?> callback) {
    boolean removed = remove(callback);
    givenUp |= removed;
    return removed;
  }

  /** Closes the list. What is in it belongs to the caller. */
  synchronized void take() {
    taken = true;
    index = null;
  }

  /** Returns whether there is nothing but {@code callback}, which may be null, and no look. */
  synchronized boolean isOnly(@Nullable Consumer<?> callback) {
    if (looked) {
      return false;
    }
    return callback == null ? size == 0 : size == 1 && callbacks[first] == callback;
  }

  /** Returns whether no callback is left, and nobody looks. */
  boolean isIdle() {
    return isOnly(null);
  }

  /** Returns whether a coroutine waits other than {@code runner}, which does if it is not null. */
  synchronized boolean isAwaitedByAnother(@Nullable Runner<?> runner) {
    return runners > (runner == null ? 0 : 1);
  }

  /** Returns whether somebody looks, or a coroutine waits, which will. */
  synchronized boolean isLookedAt() {
    return looked || runners > 0;
  }

  /** Returns whether a wait has timed out. Of a list that was taken. */
  boolean isGivenUp() {
    return givenUp;
  }

  /** Returns the first position from {@code from} on that has a callback, or -1. When taken. */
  int next(int from) {
    int position = Math.max(first, from);
    while (position < end && callbacks[position] == null) {
      position++;
    }
    return position < end ? position : -1;
  }

  /** Returns the callback at a position. When taken. */
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

  /** Enters a position. A table has twice as many slots as there are positions, so it has room. */
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
