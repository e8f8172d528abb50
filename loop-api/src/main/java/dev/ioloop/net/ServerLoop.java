package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.StreamSockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One of several loops that serve a server: its thread, its listeners and its connections. The
 * server's thread sets it up; after {@link #start} everything runs on its own thread.
 */
final class ServerLoop implements Executor {
  private final IOLoop loop;
  private final StreamSockets sockets;
  private final Connections connections;
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private final Thread thread;
  private final Future<Integer> ended = new Future<>();

  /** How many connections {@link #stop} had to close. */
  private int closed;

  ServerLoop(String backend, int number, Admission admission) {
    loop = IOLoop.create(backend);
    sockets = loop.sockets();
    connections = new Connections(loop, admission);
    thread = new Thread(this::run, "ioloop-server-" + number);
  }

  /** Creates transports for this loop on another thread. */
  StreamSockets sockets() {
    return sockets;
  }

  Connections connections() {
    return connections;
  }

  /** Closes {@code listener} when the server stops. */
  void add(AutoCloseable listener) {
    listeners.add(listener);
  }

  void start() {
    thread.start();
  }

  /** Closes the listeners and the loop without starting it. */
  void discard() {
    closeListeners();
    loop.close();
  }

  /** Runs a task on this loop. Safe to call from any thread. */
  @Override
  public void execute(Runnable task) {
    loop.addCallback(task);
  }

  /**
   * Stops listening, and ends the loop when no connection is left. May be called again to end it
   * earlier. Safe to call from any thread.
   *
   * @param grace the time after which the remaining connections are closed; null for never
   * @return a future of the number of connections that had to be closed, done when the loop has
   *     ended
   */
  Future<Integer> stop(@Nullable Duration grace) {
    loop.addCallback(
        () -> {
          closeListeners();
          if (grace == null) {
            connections.whenEmpty(loop::stop);
          } else {
            connections
                .shutdown(grace)
                .addDoneCallback(
                    done -> {
                      closed = Math.max(closed, done.result());
                      loop.stop();
                    });
          }
        });
    return ended;
  }

  private void closeListeners() {
    for (AutoCloseable listener : listeners) {
      try {
        listener.close();
      } catch (Exception e) {
        throw new IllegalStateException("a listener does not throw", e);
      }
    }
    listeners.clear();
  }

  private void run() {
    try (loop) {
      loop.start();
    } finally {
      ended.complete(closed);
    }
  }
}
