package dev.ioloop.queues;

import dev.ioloop.Future;
import dev.ioloop.waitqueue.Confinement;
import dev.ioloop.waitqueue.Waiter;
import dev.ioloop.waitqueue.Waiters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out queue between coroutines. {@code get} waits for an item, {@code put} waits
 * for room if the size is limited, and {@link #join} waits until all work is done.
 *
 * <pre>{@code
 * Queue<String> urls = new Queue<>(100);
 * Future<Void> worker =
 *     coroutine(
 *         () -> {
 *           while (true) {
 *             String url = await(urls.get());
 *             await(fetch(url));
 *             urls.taskDone();
 *           }
 *         });
 * await(urls.put("http://localhost/"));
 * await(urls.join());
 * worker.cancel(true);
 * }</pre>
 *
 * <p>Items go directly to the longest-waiting getter, so a {@code get} that comes before that
 * coroutine resumes cannot take its item. A coroutine that is cancelled while it waits leaves the
 * line; the item of a cancelled {@code put} is not put. A coroutine that is cancelled after it was
 * given an item still receives it, and the cancellation is raised at its next await.
 *
 * <p>Call from the loop's thread only; {@link #qsize}, {@link #empty}, {@link #full} and {@link
 * #maxsize} do not check this. Tornado: {@code queues.Queue}.
 */
public class Queue<T> {

  /** A blocked put and its item. */
  private static final class Putter<T> extends Waiter<@Nullable Void> {
    final T item;

    /** Why the item could not be put. */
    @Nullable Throwable refusal;

    Putter(T item) {
      this.item = item;
    }

    void answer() {
      if (refusal == null) {
        serve(null);
      } else {
        fail(refusal);
      }
    }
  }

  private final Confinement confinement = new Confinement();
  private final Waiters<Waiter<T>> getters = new Waiters<>(confinement, "no item in the queue");
  private final Waiters<Putter<T>> putters = new Waiters<>(confinement, "no room in the queue");
  private final Waiters<Waiter<@Nullable Void>> joiners =
      new Waiters<>(confinement, "the queue has unfinished tasks");
  private final int maxsize;
  private final java.util.Queue<T> items;
  private int unfinished;
  private boolean shutDown;

  /** Creates an empty queue without a limit. */
  public Queue() {
    this(0);
  }

  /**
   * Creates an empty queue that holds at most {@code maxsize} items; zero means no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public Queue(int maxsize) {
    this(maxsize, new ArrayDeque<>());
  }

  /**
   * Creates a queue with its own order.
   *
   * @param items an empty queue that only this queue uses. It must keep every item that is added;
   *     its order is the order of {@code get}
   */
  protected Queue(int maxsize, java.util.Queue<T> items) {
    if (maxsize < 0) {
      throw new IllegalArgumentException("maxsize < 0: " + maxsize);
    }
    this.maxsize = maxsize;
    this.items = Objects.requireNonNull(items, "items == null");
  }

  /** Returns the maximum number of items; zero means no limit. */
  public final int maxsize() {
    return maxsize;
  }

  /** Returns how many items are in the queue, without those that wait for room. */
  public final int qsize() {
    return items.size();
  }

  /** Returns whether the queue holds no item. */
  public final boolean empty() {
    return items.isEmpty();
  }

  /** Returns whether the queue has no room for another item. */
  public final boolean full() {
    return maxsize > 0 && items.size() >= maxsize;
  }

  // Putting

  /**
   * Puts {@code item}: at once if there is room, otherwise after the earlier waiters. Cancelling
   * the returned future on the loop's thread withdraws the item.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.put}.
   *
   * @return a future that is done when the item is in the queue or was handed to a waiting getter;
   *     it fails with {@link QueueShutDownException} if the queue was shut down
   * @throws IllegalStateException if called from another thread
   */
  public final Future<@Nullable Void> put(T item) {
    Objects.requireNonNull(item, "item == null");
    confinement.check("put()");
    if (shutDown) {
      return Future.failed(refused());
    }
    if (full()) {
      return putters.add(new Putter<>(item)).future();
    }
    insert(item);
    return Future.succeeded(null);
  }

  /**
   * As {@link #put(Object)}, but waits at most {@code timeout}; zero or less does not wait. An item
   * whose wait timed out is not put later.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.put}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if there was no room
   *     in time, and with {@link QueueShutDownException} if the queue was shut down
   * @throws IllegalStateException if called from another thread
   */
  public final Future<@Nullable Void> put(T item, Duration timeout) {
    Objects.requireNonNull(item, "item == null");
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("put()");
    if (shutDown || !full()) {
      return put(item);
    }
    return putters.add(new Putter<>(item), timeout).future();
  }

  /**
   * Puts {@code item} at once or throws.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.put_nowait}.
   *
   * @throws QueueFullException if there is no room
   * @throws QueueShutDownException if the queue was shut down
   * @throws IllegalStateException if called from another thread
   */
  public final void putNowait(T item) {
    Objects.requireNonNull(item, "item == null");
    confinement.check("putNowait()");
    if (shutDown) {
      throw refused();
    }
    if (full()) {
      throw new QueueFullException("putNowait() into a full queue: " + this);
    }
    insert(item);
  }

  /** Adds an item, for which there must be room, and hands items to waiting getters. */
  private void insert(T item) {
    add(item);
    while (!items.isEmpty()) {
      Waiter<T> getter = getters.take();
      if (getter == null) {
        return;
      }
      T first = items.remove();
      if (!getter.serve(first)) {
        items.add(first);
      }
    }
  }

  private void add(T item) {
    items.add(item);
    unfinished++;
  }

  // Getting

  /**
   * Removes the next item and returns it: at once if there is one, otherwise after the earlier
   * waiters. Cancelling the returned future leaves the line.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.get}.
   *
   * @return a future that fails with {@link QueueShutDownException} if the queue was shut down and
   *     is empty
   * @throws IllegalStateException if called from another thread
   */
  public final Future<T> get() {
    confinement.check("get()");
    if (!items.isEmpty()) {
      return Future.succeeded(remove());
    }
    if (shutDown) {
      return Future.failed(drained());
    }
    return getters.add(new Waiter<>()).future();
  }

  /**
   * As {@link #get()}, but waits at most {@code timeout}; zero or less does not wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.get}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if there was no item
   *     in time, and with {@link QueueShutDownException} if the queue was shut down and is empty
   * @throws IllegalStateException if called from another thread
   */
  public final Future<T> get(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("get()");
    if (shutDown || !items.isEmpty()) {
      return get();
    }
    return getters.add(new Waiter<>(), timeout).future();
  }

  /**
   * Removes the next item and returns it, or throws.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.get_nowait}.
   *
   * @throws QueueEmptyException if the queue is empty
   * @throws QueueShutDownException if the queue is empty and was shut down
   * @throws IllegalStateException if called from another thread
   */
  public final T getNowait() {
    confinement.check("getNowait()");
    if (!items.isEmpty()) {
      return remove();
    }
    if (shutDown) {
      throw drained();
    }
    throw new QueueEmptyException("getNowait() from an empty queue: " + this);
  }

  /** Removes the next item, after letting in the item that has waited longest for room. */
  private T remove() {
    if (putters.isEmpty()) {
      return items.remove();
    }
    // The putters are completed last, because their callbacks may change the queue.
    List<Putter<T>> answered = admit();
    T item = items.remove();
    answered.forEach(Putter::answer);
    return item;
  }

  /**
   * Adds the item of the first putter, even beyond the limit, and returns the putters to complete.
   */
  private List<Putter<T>> admit() {
    List<Putter<T>> answered = new ArrayList<>(1);
    Putter<T> putter;
    while ((putter = putters.take()) != null) {
      answered.add(putter);
      try {
        add(putter.item);
        break;
      } catch (Throwable e) {
        // For instance an item that a PriorityQueue cannot compare. Try the next putter.
        putter.refusal = e;
      }
    }
    return answered;
  }

  // Finishing

  /**
   * Marks one item as done. When every item that was put is done, the waiters in {@link #join}
   * continue.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.task_done}.
   *
   * @throws IllegalStateException if called more often than items were put, or from another thread
   */
  public final void taskDone() {
    confinement.check("taskDone()");
    if (unfinished == 0) {
      throw new IllegalStateException("taskDone() called more often than items were put: " + this);
    }
    unfinished--;
    if (unfinished == 0) {
      serve(joiners.takeAll());
    }
  }

  /**
   * Returns a future that is done when {@link #taskDone} has been called once for every item that
   * was put, or at once if it already has. Cancelling the future ends the wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.join}.
   *
   * @throws IllegalStateException if called from another thread
   */
  public final Future<@Nullable Void> join() {
    confinement.check("join()");
    return unfinished == 0 ? Future.succeeded(null) : joiners.add(new Waiter<>()).future();
  }

  /**
   * As {@link #join()}, but waits at most {@code timeout}; zero or less does not wait.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.join}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if work is left after
   *     {@code timeout}
   * @throws IllegalStateException if called from another thread
   */
  public final Future<@Nullable Void> join(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("join()");
    return unfinished == 0 ? Future.succeeded(null) : joiners.add(new Waiter<>(), timeout).future();
  }

  /** As {@link #shutdown(boolean)} with false: the items in the queue can still be got. */
  public final void shutdown() {
    shutdown(false);
  }

  /**
   * Shuts the queue down: {@code put} fails from now on, and {@code get} fails once the queue is
   * empty. Everything that waits in {@code put} or {@code get} fails now. {@link #taskDone} and
   * {@link #join} work as before. May be called again, for instance with {@code immediate} to drop
   * the remaining items.
   *
   * <p>Call from the loop's thread only. Python: {@code asyncio.Queue.shutdown}.
   *
   * @param immediate whether to drop the items in the queue and count them as done
   * @throws IllegalStateException if called from another thread
   */
  public final void shutdown(boolean immediate) {
    confinement.check("shutdown()");
    shutDown = true;
    if (immediate) {
      unfinished = Math.max(0, unfinished - items.size());
      items.clear();
    }
    // All are chosen before any is notified.
    List<Waiter<T>> getting = getters.takeAll();
    List<Putter<T>> putting = putters.takeAll();
    List<Waiter<@Nullable Void>> joining = unfinished == 0 ? joiners.takeAll() : List.of();
    getting.forEach(getter -> getter.fail(drained()));
    putting.forEach(putter -> putter.fail(refused()));
    serve(joining);
  }

  private static void serve(List<Waiter<@Nullable Void>> joiners) {
    for (Waiter<@Nullable Void> joiner : joiners) {
      joiner.serve(null);
    }
  }

  private static QueueShutDownException refused() {
    return new QueueShutDownException("put into a queue that was shut down");
  }

  private static QueueShutDownException drained() {
    return new QueueShutDownException("get from a queue that was shut down and is empty");
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "[maxsize="
        + maxsize
        + ", qsize="
        + qsize()
        + ", getters="
        + getters.size()
        + ", putters="
        + putters.size()
        + ", unfinished="
        + unfinished
        + (shutDown ? ", shut down" : "")
        + "]";
  }
}
