package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections that a server has on one loop. Used by that loop's thread, but counted by
 * any.
 */
final class Connections {
  final IOLoop loop;
  private final Set<IOStream> open = new LinkedHashSet<>();
  private @Nullable Runnable whenEmpty;

  /** The size of {@link #open}; written by the loop's thread only. */
  private volatile int count;

  Connections(IOLoop loop) {
    this.loop = loop;
  }

  /** Keeps a stream in mind until it is closed, and then the one that has taken its place. */
  void own(IOStream stream) {
    open.add(stream);
    count = open.size();
    stream.setOwner(
        next -> {
          open.remove(stream);
          count = open.size();
          if (next != null) {
            own(next);
          } else if (open.isEmpty() && whenEmpty != null) {
            Runnable callback = whenEmpty;
            whenEmpty = null;
            callback.run();
          }
        });
  }

  /** Returns how many are open. Safe to call from any thread. */
  int count() {
    return count;
  }

  /** Runs {@code callback} when none is open: now, or later. Replaces the one before. */
  void whenEmpty(Runnable callback) {
    if (open.isEmpty()) {
      callback.run();
    } else {
      whenEmpty = callback;
    }
  }

  /**
   * Waits until none is open, and then, or after {@code grace}, closes those that are left.
   *
   * @return a future of how many had to be closed
   */
  Future<Integer> shutdown(Duration grace) {
    Future<Integer> ended = new Future<>();
    if (open.isEmpty()) {
      ended.complete(0);
      return ended;
    }
    Timeout timer =
        loop.callLater(
            grace.isNegative() ? Duration.ZERO : grace,
            () -> {
              List<IOStream> left = List.copyOf(open);
              whenEmpty = null;
              left.forEach(IOStream::close);
              ended.complete(left.size());
            });
    whenEmpty(
        () -> {
          loop.removeTimeout(timer);
          ended.complete(0);
        });
    return ended;
  }
}
