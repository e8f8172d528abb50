package dev.ioloop.queues;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} that gives the least item first. Among equal ones there is no order.
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
 * <p>An item that waits for room is compared when it is let in. If it cannot be compared, the
 * future of its {@code put} fails.
 *
 * <p>Call from the loop's thread only. Tornado: {@code queues.PriorityQueue}.
 */
public final class PriorityQueue<T> extends Queue<T> {

  /** Makes a queue without a limit, whose items are {@link Comparable}. */
  public PriorityQueue() {
    this(0);
  }

  /**
   * Makes a queue of {@link Comparable} items that holds {@code maxsize} of them at most; zero is
   * no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public PriorityQueue(int maxsize) {
    super(maxsize, new java.util.PriorityQueue<>());
  }

  /**
   * Makes a queue of items in the order of {@code comparator}.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public PriorityQueue(int maxsize, Comparator<? super T> comparator) {
    super(
        maxsize,
        new java.util.PriorityQueue<>(Objects.requireNonNull(comparator, "comparator == null")));
  }
}
