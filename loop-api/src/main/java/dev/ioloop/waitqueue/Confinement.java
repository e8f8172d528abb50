package dev.ioloop.waitqueue;

import dev.ioloop.IOLoop;
import dev.ioloop.iteration.LoopAccess;
import org.jspecify.annotations.Nullable;

/**
 * Ties an object that only one thread may use to the loop that uses it. The object can be created
 * without a loop. Once a loop has used it, it belongs to that loop for as long as the loop runs.
 * After that, another loop may use it.
 *
 * <p>The check compares the current loop of the calling thread. So it does not detect a thread
 * whose current loop was then started on another thread.
 */
public final class Confinement {

  /** The loop that used the object last. Other threads read it to detect misuse. */
  private volatile @Nullable IOLoop loop;

  /**
   * Returns whether the calling thread may use {@code loop}: the thread owns the loop, or no thread
   * does because the loop is closed or was never started.
   */
  static boolean mayUse(IOLoop loop) {
    return LoopAccess.mayUse(loop);
  }

  /** Creates a confinement without a loop. */
  public Confinement() {}

  /**
   * Must be called first in each method that changes the object.
   *
   * @throws IllegalStateException if the object belongs to a loop that runs on another thread
   */
  public void check(String call) {
    IOLoop current = IOLoop.current(false);
    if (current != loop) {
      move(call, current);
    }
  }

  private void move(String call, @Nullable IOLoop current) {
    IOLoop used = loop;
    if (used != null && used.running()) {
      throw new IllegalStateException(
          call
              + " called from thread \""
              + Thread.currentThread().getName()
              + "\", but the object belongs to "
              + used
              + "; use that loop's addCallback() to get there");
    }
    if (current != null) {
      loop = current;
    }
  }

  /** Returns the current loop, for timeouts. The object belongs to that loop from now on. */
  IOLoop loop() {
    IOLoop current = IOLoop.current();
    loop = current;
    return current;
  }

  /**
   * Runs {@code task} where the object may be used: now, or in a callback of its loop. If that loop
   * is stopped, the callback waits for its next start; by then another loop may use the object.
   */
  void execute(Runnable task) {
    IOLoop used = loop;
    if (used == null || mayUse(used)) {
      task.run();
    } else {
      used.addCallback(() -> execute(task));
    }
  }
}
