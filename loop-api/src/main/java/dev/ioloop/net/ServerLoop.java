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
 * One of the loops that serve one server beside each other, with its thread, what it listens on and
 * its connections. Set up by the server's thread; from {@link #start} on all else happens on its
 * own.
 */
final class ServerLoop implements Executor {
  private final IOLoop loop;
  private final StreamSockets sockets;
  private final Connections connections;
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private final Thread thread;
  private final Future<Integer> ended = new Future<>();

  /** How many connections had to be closed. */
  private int closed;

  ServerLoop(String backend, int number, Admission admission) {
    loop = IOLoop.create(backend);
    sockets = loop.sockets();
    connections = new Connections(loop, admission);
    thread = new Thread(this::run, "ioloop-server-" + number);
  }

  /** For transports that another thread makes for this loop. */
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

  /** Undoes the set-up. */
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
   * Stops to listen, and ends the loop when no connection is left. May be called again, for an
   * earlier end. Safe to call from any thread.
   *
   * @param grace after which those that are left are closed; null for never
   * @return a future of how many had to be closed, done when the loop has ended
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
