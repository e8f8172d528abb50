package dev.ioloop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pending timeouts of one loop: a heap with four children per node, ordered by deadline and
 * then by the order of addition. The heap consists of deadlines and of the numbers of slots; the
 * entries stay in their slots. So sifting reads neighbouring memory, and moves nothing that a
 * collector has to be told of.
 *
 * <p>A removed entry stays where it is and is dropped when it comes to the top; when more than half
 * of the heap are such entries, they are purged at once. So removal takes constant time, and a
 * removed entry holds no callback. Deadlines may overflow: they are compared by difference.
 */
final class TimeoutQueue {

  /** One timeout, and its handle. */
  static final class Entry implements Timeout {
    private final TimeoutQueue queue;
    private final long deadline;
    private final long sequence;

    /** {@link #FIRED} or {@link #REMOVED} where it is no longer pending. */
    private Runnable callback;

    /** The next entry of a collected batch, or {@link #LAST}. Null while it stands in the heap. */
    private @Nullable Entry nextDue;

    Entry(TimeoutQueue queue, long deadline, long sequence, Runnable callback) {
      this.queue = queue;
      this.deadline = deadline;
      this.sequence = sequence;
      this.callback = callback;
    }

    @Override
    public long deadline() {
      return deadline;
    }

    @Override
    public boolean cancelled() {
      return callback == REMOVED;
    }

    private boolean isPending() {
      return callback != FIRED && callback != REMOVED;
    }

    /** Marks the entry fired and returns its callback, or null where it was removed meanwhile. */
    @Nullable Runnable fire() {
      if (!isPending()) {
        return null;
      }
      Runnable fired = callback;
      callback = FIRED;
      return fired;
    }

    /** Says what it will call, for people. */
    String describe() {
      return Bodies.className(callback);
    }

    @Nullable Entry nextDue() {
      return nextDue == LAST ? null : nextDue;
    }

    @Override
    public String toString() {
      String state = isPending() ? "pending" : cancelled() ? "removed" : "fired";
      return "Timeout[deadline=" + deadline + ", " + state + "]";
    }
  }

  private static final Runnable FIRED = () -> {};
  private static final Runnable REMOVED = () -> {};

  /** Ends a collected batch. */
  private static final Entry LAST = new Entry(new TimeoutQueue(), 0, 0, FIRED);

  private static final int INITIAL_CAPACITY = 64;

  /** Fewer removed entries than this are not worth a purge. */
  private static final int MIN_PURGE = 512;

  private long[] deadlines = new long[INITIAL_CAPACITY];

  /** The slot of each node of the heap, and behind those the slots that are free. */
  private int[] slots = numbers(new int[INITIAL_CAPACITY], 0);

  /** By slot. */
  private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];

  /** How many nodes the heap has. */
  private int size;

  private int removed;
  private long nextSequence;

  Entry add(long deadline, Runnable callback) {
    Entry entry = new Entry(this, deadline, nextSequence++, callback);
    if (size == entries.length) {
      deadlines = Arrays.copyOf(deadlines, size << 1);
      slots = numbers(Arrays.copyOf(slots, size << 1), size);
      entries = Arrays.copyOf(entries, size << 1);
    }
    int slot = slots[size];
    entries[slot] = entry;
    siftUp(size++, deadline, slot);
    return entry;
  }

  /** Fills an array, from an index on, with the indices. */
  private static int[] numbers(int[] array, int from) {
    for (int i = from; i < array.length; i++) {
      array[i] = i;
    }
    return array;
  }

  /** Returns whether an entry was added here, at whatever time. */
  boolean owns(Entry entry) {
    return entry.queue == this;
  }

  /** Removes a pending entry; does nothing to one that has fired or was removed. */
  void remove(Entry entry) {
    if (!entry.isPending()) {
      return;
    }
    entry.callback = REMOVED;
    if (entry.nextDue != null) {
      return;
    }
    int last = size - 1;
    if (last >= 0 && entries[slots[last]] == entry) {
      // The usual fate of a timeout that guards a short wait: removed before another was added.
      entries[slots[last]] = null;
      size = last;
    } else if (++removed > MIN_PURGE && removed > size >> 1) {
      purge();
    }
  }

  /** Returns how many entries are pending. */
  int size() {
    return size - removed;
  }

  /** Returns whether nothing is pending. Drops removed entries from the top. */
  boolean isEmpty() {
    while (size > 0 && entries[slots[0]].callback == REMOVED) {
      pop();
      removed--;
    }
    return size == 0;
  }

  /** Returns the earliest deadline. The queue must not be empty, as {@link #isEmpty} tells. */
  long firstDeadline() {
    return deadlines[0];
  }

  /** Takes out all entries due at {@code now}, linked by {@link Entry#nextDue}, or returns null. */
  @Nullable Entry collectDue(long now) {
    Entry first = null;
    Entry last = null;
    while (!isEmpty() && deadlines[0] - now <= 0) {
      Entry entry = pop();
      if (last == null) {
        first = entry;
      } else {
        last.nextDue = entry;
      }
      last = entry;
      entry.nextDue = LAST;
    }
    return first;
  }

  /** Returns pending entries, those with the earliest deadlines first. */
  List<Entry> first(int most) {
    List<Entry> found = new ArrayList<>();
    PriorityQueue<Integer> open =
        new PriorityQueue<>((at, other) -> isBefore(at, other) ? -1 : isBefore(other, at) ? 1 : 0);
    if (size > 0) {
      open.add(0);
    }
    while (!open.isEmpty() && found.size() < most) {
      int at = open.remove();
      Entry entry = entries[slots[at]];
      if (entry.isPending()) {
        found.add(entry);
      }
      int firstChild = (at << 2) + 1;
      for (int child = firstChild; child < Math.min(firstChild + 4, size); child++) {
        open.add(child);
      }
    }
    return found;
  }

  /** Removes everything. */
  void clear() {
    for (int i = 0; i < size; i++) {
      Entry entry = entries[slots[i]];
      entry.callback = REMOVED;
    }
    deadlines = new long[INITIAL_CAPACITY];
    slots = numbers(new int[INITIAL_CAPACITY], 0);
    entries = new Entry[INITIAL_CAPACITY];
    size = 0;
    removed = 0;
  }

  private Entry pop() {
    int slot = slots[0];
    Entry first = entries[slot];
    entries[slot] = null;
    int last = --size;
    int moved = slots[last];
    slots[last] = slot;
    if (last > 0) {
      siftDown(0, deadlines[last], moved);
    }
    return first;
  }

  /** Places the entry that was added last, which comes after others with its deadline. */
  private void siftUp(int at, long deadline, int slot) {
    while (at > 0) {
      int parent = (at - 1) >>> 2;
      if (deadline - deadlines[parent] >= 0) {
        break;
      }
      place(at, deadlines[parent], slots[parent]);
      at = parent;
    }
    place(at, deadline, slot);
  }

  private void siftDown(int at, long deadline, int slot) {
    while (true) {
      int child = (at << 2) + 1;
      if (child >= size) {
        break;
      }
      int least = child;
      int end = Math.min(child + 4, size);
      while (++child < end) {
        if (isBefore(child, least)) {
          least = child;
        }
      }
      if (isBefore(deadline, slot, least)) {
        break;
      }
      place(at, deadlines[least], slots[least]);
      at = least;
    }
    place(at, deadline, slot);
  }

  private void place(int at, long deadline, int slot) {
    deadlines[at] = deadline;
    slots[at] = slot;
  }

  private boolean isBefore(int at, int other) {
    return isBefore(deadlines[at], slots[at], other);
  }

  private boolean isBefore(long deadline, int slot, int other) {
    long difference = deadline - deadlines[other];
    return difference < 0
        || difference == 0 && entries[slot].sequence < entries[slots[other]].sequence;
  }

  /** Keeps the pending entries only and makes a heap of them. */
  private void purge() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int slot = slots[i];
      if (entries[slot].callback == REMOVED) {
        entries[slot] = null;
      } else {
        deadlines[kept] = deadlines[i];
        slots[i] = slots[kept];
        slots[kept++] = slot;
      }
    }
    size = kept;
    removed = 0;
    for (int i = (kept - 2) >> 2; i >= 0; i--) {
      siftDown(i, deadlines[i], slots[i]);
    }
  }
}
