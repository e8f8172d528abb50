package dev.ioloop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of done futures on an explicit stack of these objects instead of Java's stack.
 * A future that a {@link Relay} completes has its callbacks run inside the relay.
 */
final class Trampoline {
  private final Future<?> done;
  private final Object waiters;
  private final @Nullable Trampoline outer;

  /** The next position in the list. */
  private int position;

  private Trampoline(Future<?> done, Object waiters, @Nullable Trampoline outer) {
    this.done = done;
    this.waiters = waiters;
    this.outer = outer;
  }

  /**
   * Runs callbacks in the order in which they were registered.
   *
   * @param waiters one callback, or a list that was taken
   */
  static void run(Future<?> done, Object waiters) {
    Trampoline level = new Trampoline(done, waiters, null);
    while (level != null) {
      Consumer<Future<?>> next = level.next();
      if (next == null) {
        level = level.outer;
      } else if (next instanceof Relay relay) {
        Object taken = level.relay(relay);
        if (taken != null) {
          level = new Trampoline(relay.follower(), taken, level);
        }
      } else {
        level.done.runCallback(next);
      }
    }
  }

  private @Nullable Object relay(Relay relay) {
    try {
      return relay.relay(done);
    } catch (Throwable e) {
      IOLoop.report(relay, e);
      Future<?> follower = relay.follower();
      follower.completeExceptionally(e); // If it is not done yet.
      follower.finish();
      return null;
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable Consumer<Future<?>> next() {
    Consumer<?> found = null;
    if (waiters instanceof WaiterList list) {
      if (position == 0 && list.isGivenUp()) {
        TimedWait.GIVEN_UP.accept(done);
      }
      int present = list.next(position);
      position = present < 0 ? Integer.MAX_VALUE : present + 1;
      found = present < 0 ? null : list.at(present);
    } else if (position++ == 0) {
      found = (Consumer<?>) waiters;
    }
    return (Consumer<Future<?>>) found;
  }
}
