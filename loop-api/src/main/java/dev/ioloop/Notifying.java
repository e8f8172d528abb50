package dev.ioloop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the callbacks of a done future are being run, and inside of which other ones: what a {@link
 * Relay} ends is run inside of it, on a stack of these objects and not of Java's frames.
 */
final class Notifying {
  private final Future<?> done;
  private final Object waiters;
  private final @Nullable Notifying outer;

  /** The next position in a list. */
  private int position;

  private Notifying(Future<?> done, Object waiters, @Nullable Notifying outer) {
    this.done = done;
    this.waiters = waiters;
    this.outer = outer;
  }

  /**
   * Runs callbacks in the order of their registration.
   *
   * @param waiters one callback, or a list that was taken
   */
  static void run(Future<?> done, Object waiters) {
    Notifying level = new Notifying(done, waiters, null);
    while (level != null) {
      Consumer<Future<?>> next = level.next();
      if (next == null) {
        level = level.outer;
      } else if (next instanceof Relay relay) {
        Object taken = level.relay(relay);
        if (taken != null) {
          level = new Notifying(relay.follower(), taken, level);
        }
      } else {
        level.done.notify(next);
      }
    }
  }

  private @Nullable Object relay(Relay relay) {
    try {
      return relay.relay(done);
    } catch (Throwable e) {
      IOLoop.report(relay, e);
      Future<?> follower = relay.follower();
      follower.completeExceptionally(e); // Where it was not ended yet.
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
