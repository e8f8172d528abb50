package dev.ioloop.queues;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A {@link Queue} that gives the newest item first.
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

  /** Makes a queue without a limit. */
  public LifoQueue() {
    this(0);
  }

  /**
   * Makes a queue that holds {@code maxsize} items at most; zero is no limit.
   *
   * @throws IllegalArgumentException if {@code maxsize} is negative
   */
  public LifoQueue(int maxsize) {
    super(maxsize, Collections.asLifoQueue(new ArrayDeque<>()));
  }
}
