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

  /** A power of two long. The callback number {@code n} stands at {@code n} modulo its length. */
  private @Nullable Runnable[] ring = new Runnable[INITIAL_CAPACITY];

  /** The number of the oldest callback, and of the next one to come. They may overflow. */
  private int head;

  private int tail;

  /** How many callbacks have run. */
  private long run;

  /** Adds a callback. The loop's thread only. */
  void add(Runnable callback) {
    int at = tail;
    @Nullable Runnable[] present = ring;
    if (at - head == present.length) {
      present = grow();
    }
    present[at & (present.length - 1)] = callback;
    tail = at + 1;
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
   * Takes a snapshot of the callbacks that are queued, runs it, and does so again while callbacks
   * are queued, {@code iterations} agrees, and fewer than {@code max} snapshots have run. What a
   * callback throws goes to {@code loop}; what that throws on leaves the rest queued. The loop's
   * thread only.
   *
   * @return how many snapshots have run, at least one
   */
  int runSnapshots(IOLoop loop, Iterations iterations, int max) {
    int snapshots = 0;
    int at = head;
    int begin = at;
    try {
      do {
        if (top != null) {
          takePosts();
        }
        int end = tail;
        while (at != end) {
          @Nullable Runnable[] present = ring;
          int index = at & (present.length - 1);
          Runnable callback = present[index];
          present[index] = null;
          at++;
          try {
            callback.run();
          } catch (Throwable e) {
            loop.failed(callback, e);
          }
          if (Context.inUse) {
            loop.threadState().context = null;
          }
        }
        head = at;
      } while (++snapshots < max && !isEmpty() && iterations.mayGoOn());
    } finally {
      head = at;
      run += at - begin;
    }
    if (at == tail && ring.length > MAX_IDLE_CAPACITY) {
      ring = new Runnable[INITIAL_CAPACITY];
    }
    return snapshots;
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

  /** Returns how many callbacks have run. */
  long run() {
    return run;
  }

  /** Returns whether a callback is queued. The loop's thread only, and never while asleep. */
  boolean isEmpty() {
    return head == tail && top == null;
  }

  /** Declares that the loop is about to block. False if there is a callback to run instead. */
  boolean fallAsleep() {
    return head == tail && TOP.compareAndSet(this, null, ASLEEP);
  }

  /** Declares that the loop no longer blocks. False if a post has declared it before. */
  boolean wakeUp() {
    return TOP.compareAndSet(this, ASLEEP, null);
  }

  /** Drops all callbacks, those to come too. */
  void close() {
    TOP.setVolatile(this, CLOSED);
    ring = new Runnable[INITIAL_CAPACITY];
    head = tail;
  }

  private @Nullable Runnable[] grow() {
    @Nullable Runnable[] larger = new Runnable[ring.length << 1];
    for (int i = head; i != tail; i++) {
      larger[i & (larger.length - 1)] = ring[i & (ring.length - 1)];
    }
    ring = larger;
    return larger;
  }
}
