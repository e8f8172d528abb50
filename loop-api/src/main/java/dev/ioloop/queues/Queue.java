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
 * A queue between coroutines: first in, first out. Whoever gets waits for an item, whoever puts
 * waits for room where the size is limited, and {@link #join} waits until all work is done.
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
 * <p>An item goes to the first who waits for one at once, so that a {@code get} that comes before
 * that one was resumed cannot take it. A coroutine that is cancelled while it waits leaves the
 * line, and its item is not put; cancelled after it was given an item, it is given that all the
 * same, and the cancellation is raised at its next await.
 *
 * <p>Call from the loop's thread only; {@link #qsize}, {@link #empty}, {@link #full} and {@link
 * #maxsize} are only read. Tornado: {@code queues.Queue}.
 */
public class Queue<T> {

  /** One who waits for room, and what it brings. */
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

  /** Makes an empty queue without a limit. */
  public Queue() {
    this(0);
  }

  /**
   * Makes an empty queue that holds {@code maxsize} items at most; zero is no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public Queue(int maxsize) {
    this(maxsize, new ArrayDeque<>());
  }

  /**
   * Makes a queue with an order of its own.
   *
   * @param items empty, and used by this queue alone; it keeps all that is added, and its order is
   *     the order in which items are got
   */
  protected Queue(int maxsize, java.util.Queue<T> items) {
    if (maxsize < 0) {
      throw new IllegalArgumentException("maxsize < 0: " + maxsize);
    }
    this.maxsize = maxsize;
    this.items = Objects.requireNonNull(items, "items == null");
  }

  /** Returns how many items this queue holds at most; zero is no limit. */
  public final int maxsize() {
    return maxsize;
  }

  /** Returns how many items are in the queue; those that wait for room are not. */
  public final int qsize() {
    return items.size();
  }

  /** Returns whether there is no item in the queue. */
  public final boolean empty() {
    return items.isEmpty();
  }

  /** Returns whether there is no room for another item. */
  public final boolean full() {
    return maxsize > 0 && items.size() >= maxsize;
  }

  // Putting

  /**
   * Puts {@code item}: at once where there is room, else when those who came before have put
   * theirs. Cancelling the returned future on the loop's thread withdraws the item.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.put}.
   *
   * @return a future that is done when the item is in the queue, or was handed to one who waited;
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
   * As {@link #put(Object)}, but waits for {@code timeout} at most; for zero or less not at all. An
   * item whose time is over is not put later.
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
   * Puts {@code item} at once, or not at all.
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

  /** Adds an item, for which there is room, and hands items to those who wait for one. */
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
   * Removes the next item and returns it: at once where there is one, else when those who came
   * before have got theirs. Cancelling the returned future gives the place in the line up.
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
   * As {@link #get()}, but waits for {@code timeout} at most; for zero or less not at all.
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
   * Removes the next item and returns it.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.get_nowait}.
   *
   * @throws QueueEmptyException if there is none
   * @throws QueueShutDownException if there is none and the queue was shut down
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

  /** Removes the next item of those that are there and the one that has waited longest for room. */
  private T remove() {
    if (putters.isEmpty()) {
      return items.remove();
    }
    // They are told at the end only, because what they do then may change the queue.
    List<Putter<T>> answered = admit();
    T item = items.remove();
    answered.forEach(Putter::answer);
    return item;
  }

  /** Adds the item of the first putter, beyond the limit, and returns whom to answer. */
  private List<Putter<T>> admit() {
    List<Putter<T>> answered = new ArrayList<>(1);
    Putter<T> putter;
    while ((putter = putters.take()) != null) {
      answered.add(putter);
      try {
        add(putter.item);
        break;
      } catch (Throwable e) {
        // Such as an item that a PriorityQueue cannot compare. Now the next one has its turn.
        putter.refusal = e;
      }
    }
    return answered;
  }

  // The end of the work

  /**
   * Says that the work on one item that was got is done. When that is so for all items that were
   * put, those who {@link #join} go on.
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
   * Returns a future that is done when {@link #taskDone} was called once for every item that was
   * put; at once where that is so. Cancelling it ends the wait.
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
   * As {@link #join()}, but waits for {@code timeout} at most; for zero or less not at all.
   *
   * <p>Call from the loop's thread only. Tornado: {@code Queue.join}.
   *
   * @return a future that fails with {@link dev.ioloop.LoopTimeoutException} if there was work left
   *     when the time was over
   * @throws IllegalStateException if called from another thread
   */
  public final Future<@Nullable Void> join(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout == null");
    confinement.check("join()");
    return unfinished == 0 ? Future.succeeded(null) : joiners.add(new Waiter<>(), timeout).future();
  }

  /** As {@link #shutdown(boolean)}: the items that are in the queue can still be got. */
  public final void shutdown() {
    shutdown(false);
  }

  /**
   * Ends the queue: nothing can be put any more, and {@code get} fails once the queue is empty. All
   * who wait in {@code put} or {@code get} fail now. {@link #taskDone} and {@link #join} work as
   * before. May be called again, with {@code immediate} to drop what is left.
   *
   * <p>Call from the loop's thread only. Python: {@code asyncio.Queue.shutdown}.
   *
   * @param immediate whether to drop the items that are in the queue, and to count them as done
   * @throws IllegalStateException if called from another thread
   */
  public final void shutdown(boolean immediate) {
    confinement.check("shutdown()");
    shutDown = true;
    if (immediate) {
      unfinished = Math.max(0, unfinished - items.size());
      items.clear();
    }
    // All are chosen before the first of them is told.
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
