package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a server on one loop. Confined to that loop's thread, except {@link
 * #count}.
 */
final class Connections {
  final IOLoop loop;
  private final Set<IOStream> open = new LinkedHashSet<>();
  private final Admission admission;
  private final List<Runnable> whenEmpty = new ArrayList<>();

  /**
   * The result of a pending {@link #shutdown}: the number of connections it had to close. Null if
   * none is pending.
   */
  private @Nullable Future<Integer> ending;

  private @Nullable Timeout limit;

  /** The size of {@link #open}; written by the loop's thread only. */
  private volatile int count;

  Connections(IOLoop loop, Admission admission) {
    this.loop = loop;
    this.admission = admission;
  }

  /**
   * Tracks a stream until it is closed, and any stream that takes over its connection. When the
   * last of them closes, the connection gives its place back to {@link Admission}.
   */
  void track(IOStream stream) {
    open.add(stream);
    count = open.size();
    stream.setOwner(
        next -> {
          open.remove(stream);
          count = open.size();
          if (next != null) {
            track(next);
            return;
          }
          admission.leave();
          if (open.isEmpty()) {
            List<Runnable> callbacks = List.copyOf(whenEmpty);
            whenEmpty.clear();
            callbacks.forEach(Runnable::run);
          }
        });
  }

  /** Returns how many connections are open. Safe to call from any thread. */
  int count() {
    return count;
  }

  /** Runs {@code callback} once when no connection is open: now or later. */
  void whenEmpty(Runnable callback) {
    if (open.isEmpty()) {
      callback.run();
    } else {
      whenEmpty.add(callback);
    }
  }

  /**
   * Waits up to {@code grace} until no connection is open, then closes those that are left. May be
   * called again meanwhile; the earlier deadline applies.
   *
   * @return a future of the number of connections that had to be closed; the same future until it
   *     is done
   */
  Future<Integer> shutdown(Duration grace) {
    if (open.isEmpty()) {
      return Future.succeeded(0);
    }
    Future<Integer> future = ending;
    if (future == null) {
      future = ending = new Future<>();
      whenEmpty.add(this::end);
    }
    Timeout earlier = limit;
    limit = loop.callLater(grace.isNegative() ? Duration.ZERO : grace, this::closeAll);
    if (earlier != null) {
      Timeout later = earlier.deadline() <= limit.deadline() ? limit : earlier;
      limit = later == limit ? earlier : limit;
      loop.removeTimeout(later);
    }
    return future;
  }

  private void closeAll() {
    List<IOStream> left = List.copyOf(open);
    Future<Integer> future = ending;
    ending = null;
    limit = null;
    left.forEach(IOStream::close);
    if (future != null) {
      future.complete(left.size());
    }
  }

  private void end() {
    Future<Integer> future = ending;
    if (future == null) {
      return;
    }
    ending = null;
    if (limit != null) {
      loop.removeTimeout(limit);
      limit = null;
    }
    future.complete(0);
  }
}
