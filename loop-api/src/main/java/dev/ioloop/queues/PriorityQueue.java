package dev.ioloop.queues;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} that returns the smallest item first. Equal items have no defined order.
 *
 * <pre>{@code
 * record Task(int priority, String name) {}
 *
 * Queue<Task> tasks = new PriorityQueue<>(0, Comparator.comparingInt(Task::priority));
 * tasks.putNowait(new Task(5, "sweep"));
 * tasks.putNowait(new Task(1, "answer"));
 * System.out.println(tasks.getNowait().name());
 * }</pre>
 *
 * <p>An item that waits for room is compared when it enters the queue. If it cannot be compared,
 * the future of its {@code put} fails.
 *
 * <p>Call from the loop's thread only. Tornado: {@code queues.PriorityQueue}.
 */
public final class PriorityQueue<T> extends Queue<T> {

  /** Creates a queue of {@link Comparable} items without a limit. */
  public PriorityQueue() {
    this(0);
  }

  /**
   * Creates a queue of {@link Comparable} items that holds at most {@code maxsize} of them; zero
   * means no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public PriorityQueue(int maxsize) {
    super(maxsize, new java.util.PriorityQueue<>());
  }

  /**
   * Creates a queue that orders its items by {@code comparator}; a {@code maxsize} of zero means no
   * limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public PriorityQueue(int maxsize, Comparator<? super T> comparator) {
    super(
        maxsize,
        new java.util.PriorityQueue<>(Objects.requireNonNull(comparator, "comparator == null")));
  }
}
