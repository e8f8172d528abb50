package dev.ioloop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pending timeouts of one loop: a heap with four children per node, ordered by deadline and
 * then by the order of addition. The deadlines stand in an array of their own, so that sifting
 * reads neighbouring memory and not the entries.
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
  private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];
  private int size;
  private int removed;
  private long nextSequence;

  Entry add(long deadline, Runnable callback) {
    Entry entry = new Entry(this, deadline, nextSequence++, callback);
    if (size == entries.length) {
      deadlines = Arrays.copyOf(deadlines, size << 1);
      entries = Arrays.copyOf(entries, size << 1);
    }
    siftUp(size++, entry);
    return entry;
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
    if (last >= 0 && entries[last] == entry) {
      // The usual fate of a timeout that guards a short wait: removed before another was added.
      entries[last] = null;
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
    while (size > 0 && entries[0].callback == REMOVED) {
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
      if (entries[at].isPending()) {
        found.add(entries[at]);
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
      Entry entry = entries[i];
      entry.callback = REMOVED;
    }
    deadlines = new long[INITIAL_CAPACITY];
    entries = new Entry[INITIAL_CAPACITY];
    size = 0;
    removed = 0;
  }

  private Entry pop() {
    Entry first = entries[0];
    int last = --size;
    Entry moved = entries[last];
    entries[last] = null;
    if (last > 0) {
      siftDown(0, moved);
    }
    return first;
  }

  private void siftUp(int at, Entry entry) {
    while (at > 0) {
      int parent = (at - 1) >>> 2;
      if (!isBefore(entry, parent)) {
        break;
      }
      place(at, entries[parent]);
      at = parent;
    }
    place(at, entry);
  }

  private void siftDown(int at, Entry entry) {
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
      if (isBefore(entry, least)) {
        break;
      }
      place(at, entries[least]);
      at = least;
    }
    place(at, entry);
  }

  private void place(int at, Entry entry) {
    entries[at] = entry;
    deadlines[at] = entry.deadline;
  }

  private boolean isBefore(Entry entry, int other) {
    long difference = entry.deadline - deadlines[other];
    return difference < 0 || difference == 0 && entry.sequence < entries[other].sequence;
  }

  private boolean isBefore(int at, int other) {
    long difference = deadlines[at] - deadlines[other];
    return difference < 0 || difference == 0 && entries[at].sequence < entries[other].sequence;
  }

  /** Keeps the pending entries only and makes a heap of them. */
  private void purge() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Entry entry = entries[i];
      if (entry.callback != REMOVED) {
        place(kept++, entry);
      }
    }
    Arrays.fill(entries, kept, size, null);
    size = kept;
    removed = 0;
    for (int i = (kept - 2) >> 2; i >= 0; i--) {
      siftDown(i, entries[i]);
    }
  }
}
