package dev.ioloop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks that wait for the next iteration: a ring that only the loop's thread touches, and a
 * stack that foreign threads push on.
 *
 * <p>The top of the stack carries the wake-up protocol too, so that a post costs one
 * compare-and-set:
 *
 * <ul>
 *   <li>null: nothing posted, and the loop is awake;
 *   <li>{@link #ASLEEP}: nothing posted, and the loop is about to block or blocks in its poll. Only
 *       the loop puts it there, and only in place of null, so a post is never overlooked. Whoever
 *       replaces it must wake the loop, and only he;
 *   <li>{@link #CLOSED}: posts are dropped, for good;
 *   <li>else the newest post, each with the one before it.
 * </ul>
 */
final class CallbackQueue {

  private static final class Post {
    final @Nullable Runnable callback;
    @Nullable Post next;

    Post(@Nullable Runnable callback) {
      this.callback = callback;
    }
  }

  private static final Post ASLEEP = new Post(null);
  private static final Post CLOSED = new Post(null);
  private static final VarHandle TOP;

  static {
    try {
      TOP = MethodHandles.lookup().findVarHandle(CallbackQueue.class, "top", Post.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int INITIAL_CAPACITY = 256;

  /** A ring larger than this is given back when it runs empty: it was a burst. */
  private static final int MAX_IDLE_CAPACITY = 1 << 16;

  private volatile @Nullable Post top;

  private @Nullable Runnable[] ring = new Runnable[INITIAL_CAPACITY];
  private int head;
  private int size;

  /** Adds a callback. The loop's thread only. */
  void add(Runnable callback) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = callback;
    size++;
  }

  /**
   * Adds a callback. Any thread.
   *
   * @return whether the caller has to wake the loop
   */
  boolean post(Runnable callback) {
    Post post = new Post(callback);
    while (true) {
      Post before = top;
      if (before == CLOSED) {
        return false;
      }
      post.next = before == ASLEEP ? null : before;
      if (TOP.compareAndSet(this, before, post)) {
        return before == ASLEEP;
      }
    }
  }

  /**
   * Takes the posts of foreign threads in and returns how many callbacks there are: the snapshot of
   * one iteration, to be fetched by as many calls of {@link #next}. The loop's thread only.
   */
  int snapshot() {
    if (top != null) {
      takePosts();
    }
    return size;
  }

  /** Moves the posts to the ring, the oldest first. */
  private void takePosts() {
    Post newest = (Post) TOP.getAndSet(this, null);
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

  /** Removes and returns the oldest callback of the ring, which must not be empty. */
  Runnable next() {
    int at = head;
    Runnable callback = ring[at];
    ring[at] = null;
    head = (at + 1) & (ring.length - 1);
    if (--size == 0 && ring.length > MAX_IDLE_CAPACITY) {
      ring = new Runnable[INITIAL_CAPACITY];
      head = 0;
    }
    return callback;
  }

  /** Returns whether a callback is queued. The loop's thread only, and never while asleep. */
  boolean isEmpty() {
    return size == 0 && top == null;
  }

  /** Declares that the loop is about to block. False if there is a callback to run instead. */
  boolean fallAsleep() {
    return size == 0 && TOP.compareAndSet(this, null, ASLEEP);
  }

  /** Declares that the loop no longer blocks. */
  void wakeUp() {
    if (top == ASLEEP) {
      TOP.compareAndSet(this, ASLEEP, null);
    }
  }

  /** Drops all callbacks, those to come too. */
  void close() {
    TOP.setVolatile(this, CLOSED);
    ring = new Runnable[INITIAL_CAPACITY];
    head = 0;
    size = 0;
  }

  private void grow() {
    @Nullable Runnable[] larger = new Runnable[ring.length << 1];
    int untilEnd = ring.length - head;
    System.arraycopy(ring, head, larger, 0, untilEnd);
    System.arraycopy(ring, 0, larger, untilEnd, head);
    ring = larger;
    head = 0;
  }
}
