package dev.ioloop.waitqueue;

import dev.ioloop.IOLoop;
import dev.ioloop.iteration.LoopAccess;
import org.jspecify.annotations.Nullable;

/**
 * Ties an object that only one thread may use to the loop that uses it. It needs no loop to be
 * made, and none before the first one runs; from then on it belongs to the loop that used it, for
 * as long as that runs. Then another may have it.
 *
 * <p>The check compares the current loop of the calling thread, so it does not see a thread that
 * made its own a loop that was then started elsewhere.
 */
public final class Confinement {

  /** The loop that used the object last. Other threads read it to find out that they are wrong. */
  private volatile @Nullable IOLoop loop;

  /**
   * Returns whether the calling thread may use {@code loop}: it is its own, or that of nobody,
   * because it is closed or was never started.
   */
  static boolean mayUse(IOLoop loop) {
    return LoopAccess.mayUse(loop);
  }

  /** Makes one without a loop. */
  public Confinement() {}

  /**
   * Called first by every method of the object that changes it.
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
              + "\", but what it was called on is used by "
              + used
              + "; use that loop's addCallback() to get there");
    }
    if (current != null) {
      loop = current;
    }
  }

  /** Returns the loop for timeouts, the current one, to which the object belongs from now on. */
  IOLoop loop() {
    IOLoop current = IOLoop.current();
    loop = current;
    return current;
  }

  /**
   * Runs {@code task} where the object may be used: now, or in a callback of its loop. If that is
   * stopped, the callback waits for its next start; another loop may have the object by then.
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
