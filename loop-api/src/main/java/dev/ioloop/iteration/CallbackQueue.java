package dev.ioloop.iteration;

import dev.ioloop.fiber.Sneaky;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks that wait for the next iteration: a chain of chunks that only the loop's thread
 * touches, and a stack onto which other threads push.
 *
 * <p>A chunk is an array that is filled and emptied once, and then left to the garbage collector. A
 * long-lived ring would not be cheaper: G1 makes each store into an old array a memory fence, which
 * costs as much as the rest of an addition.
 *
 * <p>The top of the stack also carries the wake-up protocol, so that a post costs one
 * compare-and-set:
 *
 * <ul>
 *   <li>null: nothing is posted, and the loop is awake;
 *   <li>{@link #ASLEEP}: nothing is posted, and the loop blocks in its poll or is about to. Only
 *       the loop puts it there, and only in place of null, so no post is overlooked. The thread
 *       that replaces it, and no other, must wake the loop;
 *   <li>{@link #CLOSED}: posts are dropped from now on, that is, passed to the consumer that the
 *       queue was created with;
 *   <li>otherwise the newest post; each post links to the one before it.
 * </ul>
 */
public final class CallbackQueue {

  private static final class Post {
    final Runnable callback;
    @Nullable Post next;

    Post(Runnable callback) {
      this.callback = callback;
    }
  }

  /** The placeholder callback of a marker. */
  private static final Runnable NONE = () -> {};

  private static final Post ASLEEP = new Post(NONE);
  private static final Post CLOSED = new Post(NONE);
  private static final VarHandle TOP;

  static {
    try {
      TOP = MethodHandles.lookup().findVarHandle(CallbackQueue.class, "top", Post.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How many callbacks a chunk holds; the element after them is the next chunk. */
  private static final int CHUNK_SIZE = 127;

  /** How many rounds of dropping may add more callbacks before {@link #close} gives up. */
  private static final int MAX_ROUNDS = 25_000;

  /** Receives, on any thread, the callbacks that will never run. */
  private final Consumer<Runnable> dropped;

  private volatile @Nullable Post top;

  /** The chunk and index of the oldest callback, then those of the next free place. */
  private @Nullable Object[] headChunk = new Object[CHUNK_SIZE + 1];

  private int headIndex;
  private @Nullable Object[] tailChunk = headChunk;
  private int tailIndex;

  /** How many callbacks have run. */
  private long run;

  /** The thread whose posts to the closed queue are ignored; no other thread finds itself here. */
  private @Nullable Thread forgetful;

  private boolean forgot;

  public CallbackQueue(Consumer<Runnable> dropped) {
    this.dropped = dropped;
  }

  /** Adds a callback. The loop's thread only. */
  public void add(Runnable callback) {
    int index = tailIndex;
    if (index == CHUNK_SIZE) {
      addChunk();
      index = 0;
    }
    tailChunk[index] = callback;
    tailIndex = index + 1;
  }

  private void addChunk() {
    @Nullable Object[] chunk = new Object[CHUNK_SIZE + 1];
    tailChunk[CHUNK_SIZE] = chunk;
    tailChunk = chunk;
  }

  /**
   * Adds a callback, or drops it if the queue is closed; exactly one of the two, whatever races.
   * Any thread.
   *
   * @return whether the caller must wake the loop
   */
  public boolean post(Runnable callback) {
    Post post = new Post(callback);
    while (true) {
      Post before = top;
      if (before == CLOSED) {
        if (forgetful != Thread.currentThread()) {
          dropped.accept(callback);
        } else {
          forgot = true;
        }
        return false;
      }
      post.next = before == ASLEEP ? null : before;
      if (TOP.compareAndSet(this, before, post)) {
        return before == ASLEEP;
      }
    }
  }

  /**
   * Takes a snapshot of the queued callbacks and runs it. Repeats this while callbacks are queued,
   * {@code iterations} agrees, and fewer than {@code max} snapshots have run. An exception from a
   * callback goes to {@code hooks}; if those rethrow it, the rest stays queued. The loop's thread
   * only.
   *
   * @return how many snapshots have run, at least one
   */
  @SuppressWarnings("NullAway") // The cursor only reaches callbacks and links to the next chunk.
  int runSnapshots(LoopHooks hooks, IterationRunner iterations, int max) {
    int snapshots = 0;
    int callbacks = 0;
    @Nullable Object[] chunk = headChunk;
    int index = headIndex;
    try {
      do {
        if (top != null) {
          takePosts((Post) TOP.getAndSet(this, null));
        }
        @Nullable Object[] endChunk = tailChunk;
        int endIndex = tailIndex;
        while (index != endIndex || chunk != endChunk) {
          if (index == CHUNK_SIZE) {
            chunk = (Object[]) chunk[CHUNK_SIZE];
            index = 0;
          }
          Runnable callback = (Runnable) chunk[index];
          chunk[index] = null;
          index++;
          callbacks++;
          Calls.run(hooks, callback);
        }
      } while (++snapshots < max
          && (index != tailIndex || chunk != tailChunk || top != null)
          && iterations.mayGoOn());
    } finally {
      if (headChunk != chunk) {
        headChunk = chunk;
      }
      headIndex = index;
      run += callbacks;
    }
    return snapshots;
  }

  /** Moves the posts to the chunks, oldest first. */
  private void takePosts(@Nullable Post newest) {
    Post oldest = null;
    while (newest != null) {
      Post before = newest.next;
      newest.next = oldest;
      oldest = newest;
      newest = before;
    }
    for (Post post = oldest; post != null; post = post.next) {
      add(post.callback);
    }
  }

  /** Returns how many callbacks have run. */
  public long run() {
    return run;
  }

  /**
   * Returns how many callbacks are queued, including those of the present {@link #runSnapshots}
   * that have already run. Any thread; other threads may see a slightly old number.
   */
  public int size() {
    int size = tailIndex - headIndex;
    @Nullable Object[] chunk = headChunk;
    @Nullable Object[] end = tailChunk;
    while (chunk != end && chunk != null) {
      size += CHUNK_SIZE;
      chunk = (Object[]) chunk[CHUNK_SIZE];
    }
    for (Post post = top; post != null && post.callback != NONE; post = post.next) {
      size++;
    }
    return Math.max(0, size);
  }

  /** Returns whether no callback is queued. The loop's thread only, and never while asleep. */
  public boolean isEmpty() {
    return hasNoneOfItsOwn() && top == null;
  }

  /** Marks the loop as about to block. Returns false if there is a callback to run instead. */
  public boolean fallAsleep() {
    return hasNoneOfItsOwn() && TOP.compareAndSet(this, null, ASLEEP);
  }

  /** Marks the loop as awake. Returns false if a post has already done so. */
  public boolean wakeUp() {
    return TOP.compareAndSet(this, ASLEEP, null);
  }

  private boolean hasNoneOfItsOwn() {
    return headIndex == tailIndex && headChunk == tailChunk;
  }

  /**
   * Drops all queued callbacks, in order, and all later ones. Callbacks that are queued while one
   * is dropped are dropped after it, not inside it. If that never ends, the last ones are
   * forgotten. The first exception is rethrown when all are dropped. The loop's thread only.
   *
   * @return whether nothing was forgotten
   */
  public boolean close() {
    wakeUp();
    Throwable failure = null;
    int rounds = 0;
    while (!hasNoneOfItsOwn() || !TOP.compareAndSet(this, null, CLOSED)) {
      boolean last = ++rounds == MAX_ROUNDS;
      if (last) {
        forgetful = Thread.currentThread();
      }
      takePosts((Post) TOP.getAndSet(this, last ? CLOSED : null));
      failure = dropOwn(failure);
      if (last) {
        break;
      }
    }
    forgetful = null;
    if (failure != null) {
      throw Sneaky.raise(failure);
    }
    return !forgot;
  }

  @SuppressWarnings("NullAway") // The cursor only reaches callbacks and links to the next chunk.
  private @Nullable Throwable dropOwn(@Nullable Throwable failure) {
    Throwable first = failure;
    @Nullable Object[] chunk = headChunk;
    int index = headIndex;
    while (index != tailIndex || chunk != tailChunk) {
      if (index == CHUNK_SIZE) {
        chunk = (Object[]) chunk[CHUNK_SIZE];
        index = 0;
      }
      try {
        dropped.accept((Runnable) chunk[index++]);
      } catch (Throwable e) {
        first = first == null ? e : first;
      }
    }
    headChunk = new Object[CHUNK_SIZE + 1];
    tailChunk = headChunk;
    headIndex = 0;
    tailIndex = 0;
    return first;
  }
}
