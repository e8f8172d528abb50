package dev.ioloop.net;

import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** One address that a server listens on, on one loop. Call from that loop's thread only. */
final class Listening implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /**
   * How many connections are accepted per readiness, so that other channels are served in between.
   */
  private static final int MAX_ACCEPTS = 128;

  /** How long a listener pauses after a failed accept, for instance when no descriptor is left. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final long LOG_INTERVAL_NANOS = 1_000_000_000L;

  private final TCPServer server;
  private final Connections connections;
  private final StreamListener listener;
  private final @Nullable UnixPath path;
  private @Nullable Timeout pause;
  private boolean logged;
  private long loggedAt;

  /** Whether accepting is paused because the server has reached its connection limit. */
  private boolean full;

  private boolean closed;

  Listening(
      TCPServer server,
      Connections connections,
      SocketAddress address,
      int backlog,
      boolean reusePort)
      throws IOException {
    this.server = server;
    this.connections = connections;
    StreamSockets sockets = loop().sockets();
    if (address instanceof UnixDomainSocketAddress unix) {
      path = new UnixPath(unix.getPath());
      listener = path.listen(sockets, backlog);
    } else {
      path = null;
      listener = listen(sockets, address, backlog, reusePort);
    }
    prepareToLog();
    listener.start(events -> ready());
    listener.watch(true);
  }

  /** Reports every refusal by the system as a {@link BindException} that names the address. */
  static StreamListener listen(
      StreamSockets sockets, SocketAddress address, int backlog, boolean reusePort)
      throws IOException {
    try {
      return sockets.listen(address, backlog, reusePort);
    } catch (IOException e) {
      BindException named =
          new BindException("cannot listen on " + address + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  // The JDK's first log record reads the time zones from a file. If no descriptor is left for that,
  // it fails, and so does every later log record of the process.
  private static void prepareToLog() {
    if (LOG.isLoggable(Level.WARNING)) {
      ZoneId.systemDefault();
    }
  }

  IOLoop loop() {
    return connections.loop;
  }

  /** Returns the address that other loops can share, or null if they cannot. */
  @Nullable SocketAddress sharedAddress() {
    return path == null && loop().sockets().canReusePort() ? address() : null;
  }

  SocketAddress address() {
    return listener.localAddress();
  }

  // The poller calls this; no exception may propagate into it.
  private void ready() {
    try {
      accept();
    } catch (RuntimeException e) {
      loop()
          .addCallback(
              () -> {
                throw e;
              });
    } catch (Error e) {
      loop()
          .addCallback(
              () -> {
                throw e;
              });
    }
  }

  private void accept() {
    for (int i = 0; i < MAX_ACCEPTS && !closed && pause == null && !full; i++) {
      if (!server.admission.enter()) {
        waitForRoom();
        return;
      }
      ServerLoop other = server.nextLoop(connections);
      StreamTransport accepted = null;
      try {
        accepted = acceptOne(other == null ? loop().sockets() : other.sockets());
      } finally {
        if (accepted == null) {
          server.admission.leave();
        }
      }
      if (accepted == null) {
        return;
      }
      server.take(other == null ? connections : other.connections(), accepted, other);
    }
  }

  private @Nullable StreamTransport acceptOne(StreamSockets sockets) {
    while (true) {
      try {
        return listener.accept(sockets);
      } catch (IOException e) {
        if (!isAbort(e)) {
          pause(e);
          return null;
        }
      } catch (RuntimeException | Error e) {
        pause(e);
        throw e;
      }
    }
  }

  /** Returns whether only this one connection was lost. */
  private static boolean isAbort(IOException e) {
    return String.valueOf(e.getMessage()).contains("abort");
  }

  /**
   * Pauses accepting: the connection stays in the backlog, and the listener would report it again
   * at once. Logging comes after that, because it may need a descriptor too.
   */
  private void pause(Throwable reason) {
    if (pause != null || closed) {
      return;
    }
    listener.watch(false);
    pause = loop().callLater(PAUSE, this::resume);
    long now = System.nanoTime();
    if (logged && now - loggedAt < LOG_INTERVAL_NANOS) {
      return;
    }
    logged = true;
    loggedAt = now;
    LOG.log(
        Level.WARNING,
        "Cannot accept connections on "
            + address()
            + ": "
            + reason
            + "; trying again every "
            + PAUSE.toMillis()
            + " ms");
  }

  private void resume() {
    pause = null;
    listener.watch(!full);
  }

  private void waitForRoom() {
    full = true;
    listener.watch(false);
    server.admission.whenRoom(() -> loop().addCallback(this::roomAgain));
  }

  private void roomAgain() {
    full = false;
    if (!closed) {
      listener.watch(pause == null);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (pause != null) {
      loop().removeTimeout(pause);
    }
    if (path != null) {
      path.remove();
    }
    listener.close();
  }
}
