package dev.ioloop.iteration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pending timeouts of one loop: a heap with four children per node, ordered by deadline and
 * then by the order of addition. The heap consists of deadlines and of the numbers of slots; the
 * entries stay in their slots. So sifting reads neighbouring memory and no entry, and moves nothing
 * that a collector has to be told of.
 *
 * <p>A removed entry leaves its slot empty, and its node where it is; the node is dropped when it
 * comes to the top; when more than half of the heap are such nodes, they are purged at once. So
 * removal takes constant time, and nothing is held. Deadlines and the order of addition may
 * overflow: they are compared by difference.
 */
public final class TimeoutQueue {

  /** One timeout. */
  public abstract static class Entry {
    private final TimeoutQueue queue;
    private final long deadline;
    private int sequence;

    /** {@link #NONE} where it is not in the heap. */
    private int slot = NONE;

    /** {@link #FIRED} or {@link #REMOVED} where it is no longer pending. */
    private Runnable callback;

    /** The next entry of a collected batch. */
    private @Nullable Entry nextDue;

    /** Makes one that is to be added to {@code queue}. */
    protected Entry(TimeoutQueue queue, long deadline, Runnable callback) {
      this.queue = queue;
      this.deadline = deadline;
      this.callback = callback;
    }

    public final long deadline() {
      return deadline;
    }

    /** Returns whether it was removed before it fired. */
    public final boolean cancelled() {
      return callback == REMOVED;
    }

    /** Returns what it will call. */
    protected final Runnable callback() {
      return callback;
    }

    protected final boolean isPending() {
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

    /** Leaves its batch, and returns the entry that follows there. */
    @Nullable Entry leaveBatch() {
      Entry next = nextDue;
      nextDue = null;
      return next;
    }
  }

  private static final Runnable FIRED = () -> {};
  private static final Runnable REMOVED = () -> {};
  private static final int NONE = -1;

  private static final int INITIAL_CAPACITY = 64;

  /** Fewer nodes of removed entries than this are not worth a purge. */
  private static final int MIN_PURGE = 512;

  private long[] deadlines = new long[INITIAL_CAPACITY];

  /** The slot of each node of the heap, and behind those the slots that are free. */
  private int[] slots = numbers(new int[INITIAL_CAPACITY], 0);

  /** By slot; null where the entry of a node was removed, and where the slot is free. */
  private @Nullable Entry[] entries = new Entry[INITIAL_CAPACITY];

  /** How many nodes the heap has. */
  private int size;

  /** How many nodes of removed entries the heap has. */
  private int removed;

  private int nextSequence;

  /** Adds an entry that was made for this queue. */
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

  /** Fills an array, from an index on, with the indices. */
  private static int[] numbers(int[] array, int from) {
    for (int i = from; i < array.length; i++) {
      array[i] = i;
    }
    return array;
  }

  /** Returns whether an entry was added here, at whatever time. */
  public boolean owns(Entry entry) {
    return entry.queue == this;
  }

  /** Removes a pending entry; does nothing to one that has fired or was removed. */
  public void remove(Entry entry) {
    if (!entry.isPending()) {
      return;
    }
    entry.callback = REMOVED;
    int slot = entry.slot;
    if (slot == NONE) {
      return; // It was collected, and will be passed over.
    }
    entries[slot] = null;
    entry.slot = NONE;
    if (slots[size - 1] == slot) {
      size--; // The usual fate of a timeout that guards a short wait: no other was added since.
    } else if (++removed > MIN_PURGE && removed > size >> 1) {
      purge();
    }
  }

  /** Returns how many entries are pending. */
  public int size() {
    return size - removed;
  }

  /** Returns whether nothing is pending. Drops nodes of removed entries from the top. */
  public boolean isEmpty() {
    while (size > 0 && entries[slots[0]] == null) {
      pop();
      removed--;
    }
    return size == 0;
  }

  /** Returns the earliest deadline. The queue must not be empty, as {@link #isEmpty} tells. */
  public long firstDeadline() {
    return deadlines[0];
  }

  /** Takes out all entries due at {@code now}. Returns the first, which leads to the others. */
  public @Nullable Entry collectDue(long now) {
    int end = size;
    while (!isEmpty() && deadlines[0] - now <= 0) {
      pop();
    }
    // Their slots lie behind the heap now, the first one last. That no entry is looked at before
    // the heap is done lets the processor fetch many of them at once.
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

  /** Returns pending entries, those with the earliest deadlines first. */
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
        entry.callback = REMOVED;
        entry.slot = NONE;
      }
    }
    deadlines = new long[INITIAL_CAPACITY];
    slots = numbers(new int[INITIAL_CAPACITY], 0);
    entries = new Entry[INITIAL_CAPACITY];
    size = 0;
    removed = 0;
  }

  /** Takes the first node out; its slot is the first behind the heap then. */
  private void pop() {
    int slot = slots[0];
    int last = --size;
    int moved = slots[last];
    slots[last] = slot;
    if (last > 0) {
      siftDown(0, deadlines[last], moved);
    }
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
    return difference < 0 || difference == 0 && wasAddedBefore(slot, slots[other]);
  }

  /** Nodes of removed entries come first: below them are none that were added before them. */
  private boolean wasAddedBefore(int slot, int other) {
    Entry entry = entries[slot];
    Entry otherEntry = entries[other];
    return entry == null || otherEntry != null && entry.sequence - otherEntry.sequence < 0;
  }

  /** Keeps the nodes of pending entries only and makes a heap of them. */
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
    removed = 0;
    for (int i = (kept - 2) >> 2; i >= 0; i--) {
      siftDown(i, deadlines[i], slots[i]);
    }
  }
}
