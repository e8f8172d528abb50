package dev.ioloop.queues;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A {@link Queue} that returns the newest item first.
 *
 * <pre>{@code
 * Queue<String> stack = new LifoQueue<>();
 * stack.putNowait("first");
 * stack.putNowait("second");
 * System.out.println(stack.getNowait());
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code queues.LifoQueue}.
 */
public final class LifoQueue<T> extends Queue<T> {

  /** Creates a queue without a limit. */
  public LifoQueue() {
    this(0);
  }

  /**
   * Creates a queue that holds at most {@code maxsize} items; zero means no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public LifoQueue(int maxsize) {
    super(maxsize, Collections.asLifoQueue(new ArrayDeque<>()));
  }
}
