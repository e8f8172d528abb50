package dev.ioloop.iteration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pending timeouts of one loop: a heap with four children per node, ordered by deadline and
 * then by the order of addition. The heap consists of deadlines and slot numbers; the entries stay
 * in their slots. Sifting touches only primitive arrays, so it reads adjacent memory, loads no
 * entries and triggers no GC barrier.
 *
 * <p>A cancelled entry leaves its slot empty and its node in place. The node is dropped when it
 * reaches the top. When more than half of the heap are such nodes, all are purged at once. So
 * cancelling takes constant time, and no entry is retained. Deadlines and sequence numbers may
 * overflow: they are compared by difference.
 */
public final class TimeoutQueue {

  /** One timeout. */
  public abstract static class Entry {
    private final TimeoutQueue queue;
    private final long deadline;
    private int sequence;

    /** The slot, or {@link #NONE} if the entry is not in the heap. */
    private int slot = NONE;

    /** The callback; {@link #FIRED} or {@link #CANCELLED} if no longer pending. */
    private Runnable callback;

    /** The next entry of a collected batch. */
    private @Nullable Entry nextDue;

    /** Creates an entry that is to be added to {@code queue}. */
    protected Entry(TimeoutQueue queue, long deadline, Runnable callback) {
      this.queue = queue;
      this.deadline = deadline;
      this.callback = callback;
    }

    public final long deadline() {
      return deadline;
    }

    /** Returns whether the entry was cancelled before it fired. */
    public final boolean cancelled() {
      return callback == CANCELLED;
    }

    /** Returns the callback. */
    protected final Runnable callback() {
      return callback;
    }

    protected final boolean isPending() {
      return callback != FIRED && callback != CANCELLED;
    }

    /** Marks the entry as fired and returns its callback, or null if it was cancelled meanwhile. */
    @Nullable Runnable fire() {
      if (!isPending()) {
        return null;
      }
      Runnable fired = callback;
      callback = FIRED;
      return fired;
    }

    /** Leaves the batch, and returns the next entry of the batch. */
    @Nullable Entry leaveBatch() {
      Entry next = nextDue;
      nextDue = null;
      return next;
    }
  }

  private static final Runnable FIRED = () -> {};
  private static final Runnable CANCELLED = () -> {};
  private static final int NONE = -1;

  private static final int INITIAL_CAPACITY = 64;

  /** Fewer nodes of cancelled entries than this are not worth a purge. */
  private static final int MIN_PURGE = 512;

  private long[] deadlines = new long[INITIAL_CAPACITY];

  /** The slot of each node of the heap, followed by the free slots. */
  private int[] slots = numbers(new int[INITIAL_CAPACITY], 0);

  /** By slot; null for cancelled entries and free slots. */
  private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];

  /** How many nodes the heap has. */
  private int size;

  /** How many nodes of cancelled entries the heap has. */
  private int cancelledNodes;

  private int nextSequence;

  /** Adds an entry that was created for this queue. */
  public <E extends Entry> E add(E entry) {
    if (size == entries.length) {
      deadlines = Arrays.copyOf(deadlines, size << 1);
      slots = numbers(Arrays.copyOf(slots, size << 1), size);
      entries = Arrays.copyOf(entries, size << 1);
    }
    int slot = slots[size];
    Entry added = entry;
    added.sequence = nextSequence++;
    added.slot = slot;
    entries[slot] = added;
    siftUp(size++, added.deadline, slot);
    return entry;
  }

  /** Fills an array with its indices, beginning at {@code from}. */
  private static int[] numbers(int[] array, int from) {
    for (int i = from; i < array.length; i++) {
      array[i] = i;
    }
    return array;
  }

  /** Returns whether an entry was created for this queue. */
  public boolean owns(Entry entry) {
    return entry.queue == this;
  }

  /** Cancels a pending entry. Does nothing to one that has fired or was cancelled. */
  public void remove(Entry entry) {
    if (!entry.isPending()) {
      return;
    }
    entry.callback = CANCELLED;
    int slot = entry.slot;
    if (slot == NONE) {
      return; // It was collected and will be skipped.
    }
    entries[slot] = null;
    entry.slot = NONE;
    if (slots[size - 1] == slot) {
      size--; // The common case of a timeout that guards a short wait: it was added last.
    } else if (++cancelledNodes > MIN_PURGE && cancelledNodes > size >> 1) {
      purge();
    }
  }

  /** Returns how many entries are pending. */
  public int size() {
    return size - cancelledNodes;
  }

  /** Returns whether nothing is pending. Drops nodes of cancelled entries from the top. */
  public boolean isEmpty() {
    while (size > 0 && entries[slots[0]] == null) {
      pop();
      cancelledNodes--;
    }
    return size == 0;
  }

  /** Returns the earliest deadline. Call {@link #isEmpty} first; the queue must not be empty. */
  public long firstDeadline() {
    return deadlines[0];
  }

  /** Removes all entries due at {@code now}. Returns the first, which links to the others. */
  public @Nullable Entry collectDue(long now) {
    int end = size;
    while (!isEmpty() && deadlines[0] - now <= 0) {
      pop();
    }
    // Their slots now follow the heap, the first one last. No entry is loaded before the heap is
    // done, so that the processor can fetch many of them at once.
    Entry next = null;
    for (int i = size; i < end; i++) {
      int slot = slots[i];
      Entry entry = entries[slot];
      if (entry != null) {
        entries[slot] = null;
        entry.slot = NONE;
        entry.nextDue = next;
        next = entry;
      }
    }
    return next;
  }

  /** Returns up to {@code most} pending entries, earliest deadlines first. */
  public List<Entry> first(int most) {
    List<Entry> found = new ArrayList<>();
    PriorityQueue<Integer> open =
        new PriorityQueue<>((at, other) -> isBefore(at, other) ? -1 : isBefore(other, at) ? 1 : 0);
    if (size > 0) {
      open.add(0);
    }
    while (!open.isEmpty() && found.size() < most) {
      int at = open.remove();
      Entry entry = entries[slots[at]];
      if (entry != null) {
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
  public void clear() {
    for (int i = 0; i < size; i++) {
      Entry entry = entries[slots[i]];
      if (entry != null) {
        entry.callback = CANCELLED;
        entry.slot = NONE;
      }
    }
    deadlines = new long[INITIAL_CAPACITY];
    slots = numbers(new int[INITIAL_CAPACITY], 0);
    entries = new Entry[INITIAL_CAPACITY];
    size = 0;
    cancelledNodes = 0;
  }

  /** Removes the first node; its slot becomes the first one after the heap. */
  private void pop() {
    int slot = slots[0];
    int last = --size;
    int moved = slots[last];
    slots[last] = slot;
    if (last > 0) {
      siftDown(0, deadlines[last], moved);
    }
  }

  /** Places the entry that was added last, after others with the same deadline. */
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
    return difference < 0 || difference == 0 && wasAddedBefore(slot, slots[other]);
  }

  /** Nodes of cancelled entries sort first: no entry below them was added before them. */
  private boolean wasAddedBefore(int slot, int other) {
    Entry entry = entries[slot];
    Entry otherEntry = entries[other];
    return entry == null || otherEntry != null && entry.sequence - otherEntry.sequence < 0;
  }

  /** Keeps only the nodes of pending entries and rebuilds the heap. */
  private void purge() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int slot = slots[i];
      if (entries[slot] != null) {
        deadlines[kept] = deadlines[i];
        slots[i] = slots[kept];
        slots[kept++] = slot;
      }
    }
    size = kept;
    cancelledNodes = 0;
    for (int i = (kept - 2) >> 2; i >= 0; i--) {
      siftDown(i, deadlines[i], slots[i]);
    }
  }
}
