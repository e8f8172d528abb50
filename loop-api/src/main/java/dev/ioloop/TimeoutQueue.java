package dev.ioloop;

import java.util.Arrays;
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
    private final long deadline;
    private final long sequence;

    /** Null once the timeout has fired or was removed. */
    private @Nullable Runnable callback;

    private boolean cancelled;

    /** Whether it is in the heap; false once it was collected. */
    private boolean queued = true;

    /** The next entry of a collected batch. */
    private @Nullable Entry nextDue;

    Entry(long deadline, long sequence, Runnable callback) {
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
      return cancelled;
    }

    /** Marks the entry fired and returns its callback, or null where it was removed meanwhile. */
    @Nullable Runnable fire() {
      Runnable fired = callback;
      callback = null;
      return fired;
    }

    @Nullable Entry nextDue() {
      return nextDue;
    }

    @Override
    public String toString() {
      String state = cancelled ? "removed" : callback == null ? "fired" : "pending";
      return "Timeout[deadline=" + deadline + ", " + state + "]";
    }
  }

  private static final int INITIAL_CAPACITY = 64;

  /** Fewer removed entries than this are not worth a purge. */
  private static final int MIN_PURGE = 512;

  private long[] deadlines = new long[INITIAL_CAPACITY];
  private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];
  private int size;
  private int removed;
  private long nextSequence;

  Entry add(long deadline, Runnable callback) {
    Entry entry = new Entry(deadline, nextSequence++, callback);
    if (size == entries.length) {
      deadlines = Arrays.copyOf(deadlines, size << 1);
      entries = Arrays.copyOf(entries, size << 1);
    }
    siftUp(size++, entry);
    return entry;
  }

  /** Removes a pending entry; does nothing to one that has fired or was removed. */
  void remove(Entry entry) {
    if (entry.callback == null) {
      return;
    }
    entry.callback = null;
    entry.cancelled = true;
    if (!entry.queued) {
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
    while (size > 0 && entries[0].cancelled) {
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
    }
    return first;
  }

  /** Removes everything. */
  void clear() {
    for (int i = 0; i < size; i++) {
      Entry entry = entries[i];
      entry.cancelled |= entry.callback != null;
      entry.callback = null;
    }
    deadlines = new long[INITIAL_CAPACITY];
    entries = new Entry[INITIAL_CAPACITY];
    size = 0;
    removed = 0;
  }

  private Entry pop() {
    Entry first = entries[0];
    first.queued = false;
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
      if (!entry.cancelled) {
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
