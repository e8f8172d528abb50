package dev.ioloop.net;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamSockets;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections and handles each in a coroutine of its own.
 *
 * <pre>{@code
 * static final class Echo extends TCPServer {
 *   @Override
 *   protected void handleStream(IOStream stream, @Nullable SocketAddress peer) {
 *     byte[] newline = {'\n'};
 *     while (true) {
 *       await(stream.write(await(stream.readUntil(newline, 64 * 1024))));
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code tcpserver.TCPServer}.
 */
public abstract class TCPServer {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** How many connections the system holds that were not accepted yet. */
  static final int BACKLOG = 1024;

  /** How many connections are accepted before others have their turn. */
  private static final int MAX_ACCEPTS = 128;

  /** How long a listener rests that could not accept, because no descriptor was left. */
  private static final Duration REST = Duration.ofMillis(100);

  private final List<Listening> listeners = new ArrayList<>();

  /** What listens and serves in loops of their own, by {@link #start}. */
  private final List<ServerLoop> loops = new CopyOnWriteArrayList<>();

  /** The connections of the loop that listens; null before it does. */
  private volatile @Nullable Connections connections;

  private int nextLoop;
  private final @Nullable Supplier<SSLEngine> engines;
  private @Nullable Integer maxBufferSize;
  private @Nullable Integer maxWriteBufferSize;

  /** Makes one that listens nowhere yet. */
  protected TCPServer() {
    engines = null;
  }

  /** As {@link #TCPServer()}, for TLS 1.2 and newer with the certificates of {@code context}. */
  protected TCPServer(SSLContext context) {
    Objects.requireNonNull(context, "context == null");
    engines = () -> Tls.engine(true, context, null);
  }

  /**
   * As {@link #TCPServer()}, for TLS with engines that were configured: each connection gets one,
   * in server mode.
   */
  protected TCPServer(Supplier<SSLEngine> engines) {
    this.engines = Objects.requireNonNull(engines, "engines == null");
  }

  /**
   * Handles one connection, as a coroutine. A stream lives on when this returns; if it throws, the
   * stream is closed, and what it threw goes to the loop's exception handler, unless it is only
   * that the peer has closed the connection.
   */
  protected abstract void handleStream(IOStream stream, @Nullable SocketAddress peer)
      throws Exception;

  /** Sets {@link IOStream#maxBufferSize} of the streams to come. */
  public final void setMaxBufferSize(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxBufferSize is not positive: " + bytes);
    }
    maxBufferSize = bytes;
  }

  /** Sets {@link IOStream#maxWriteBufferSize} of the streams to come. */
  public final void setMaxWriteBufferSize(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxWriteBufferSize is not positive: " + bytes);
    }
    maxWriteBufferSize = bytes;
  }

  /** Returns how many connections are open, on all of its loops. Safe to call from any thread. */
  public final int connections() {
    Connections own = connections;
    int count = own == null ? 0 : own.count();
    for (ServerLoop loop : loops) {
      count += loop.connections().count();
    }
    return count;
  }

  /** As {@link #listen(SocketAddress)}, on a port of all of this machine's addresses. */
  public final SocketAddress listen(int port) throws IOException {
    return listen(new InetSocketAddress(port));
  }

  /** As {@link #listen(SocketAddress)}, on a port of one of this machine's addresses or names. */
  public final SocketAddress listen(int port, String host) throws IOException {
    return listen(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  /**
   * Listens on an address from now on, with the current loop. May be called several times. Port
   * zero is any that is free. On the path of a unix domain socket, one that nobody listens on any
   * more is replaced; the new one can be used by this process's user only, and is removed by {@link
   * #stop}.
   *
   * @return the address with the port that was chosen
   * @throws IOException if that cannot be, for instance because the port is in use or the path is
   *     taken by another file
   */
  public final SocketAddress listen(SocketAddress address) throws IOException {
    Objects.requireNonNull(address, "address == null");
    if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
      throw new UnknownHostException(internet.getHostString());
    }
    IOLoop loop = IOLoop.current();
    Connections own = connections;
    if (own == null || own.loop != loop) {
      own = connections = new Connections(loop);
    }
    Listening listening = new Listening(own, address, false);
    listeners.add(listening);
    return listening.listener.localAddress();
  }

  /**
   * Serves with loops of their own from now on, each on a thread of its own and with the current
   * loop's backend; {@link #handleStream} runs on the loop that has the connection, so at the same
   * time on several threads. Call it once, right after {@link #listen}. Does not wait.
   *
   * <p>Where the system lets sockets share a port, each loop listens for itself, and the system
   * spreads the connections. Else, and for unix domain sockets, this loop accepts them and hands
   * them over in turns; it has to run then.
   *
   * <p>A loop and its thread end after {@link #stop} with its last connection. Tornado: {@code
   * TCPServer.start}, which forks processes.
   *
   * @param loops how many; zero is one for each processor
   * @throws IllegalArgumentException if {@code loops} is negative
   * @throws IllegalStateException if nothing is listened on, or this was called before
   * @throws IOException if that cannot be; nothing is listened on then
   */
  public final void start(int loops) throws IOException {
    if (loops < 0) {
      throw new IllegalArgumentException("loops < 0: " + loops);
    }
    if (listeners.isEmpty() || !this.loops.isEmpty()) {
      throw new IllegalStateException(
          this.loops.isEmpty()
              ? "start() of a server that listens nowhere; call listen() first"
              : "start() of a server that was started already");
    }
    int count = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
    try {
      for (int i = 0; i < count; i++) {
        this.loops.add(new ServerLoop(listeners.get(0).loop().backend(), i + 1));
      }
      for (Listening listening : List.copyOf(listeners)) {
        spread(listening);
      }
    } catch (Throwable e) {
      listeners.forEach(Listening::close);
      listeners.clear();
      this.loops.forEach(ServerLoop::discard);
      this.loops.clear();
      throw e;
    }
    this.loops.forEach(ServerLoop::start);
  }

  /** Has all loops listen on an address in place of this one, where they can share it. */
  private void spread(Listening listening) throws IOException {
    if (listening.path != null || !listening.loop().sockets().canReusePort()) {
      return;
    }
    SocketAddress address = listening.listener.localAddress();
    listeners.remove(listening);
    listening.close();
    for (ServerLoop loop : loops) {
      loop.add(new Listening(loop.connections(), address, true));
    }
  }

  /**
   * Stops accepting; connections live on. The loops of {@link #start} do so with their next
   * iteration. A second call does nothing.
   */
  public final void stop() {
    List<Listening> stopped = List.copyOf(listeners);
    listeners.clear();
    stopped.forEach(Listening::close);
    loops.forEach(loop -> loop.stop(null));
  }

  /**
   * Stops accepting, gives the connections time to end, and then closes those that are left.
   *
   * @param grace how long to wait; zero or less: not at all
   * @return a future of how many had to be closed
   */
  public final Future<Integer> shutdown(Duration grace) {
    Objects.requireNonNull(grace, "grace == null");
    stop();
    List<Future<Integer>> counts = new ArrayList<>();
    Connections own = connections;
    if (own != null) {
      counts.add(own.shutdown(grace));
    }
    for (ServerLoop loop : loops) {
      counts.add(loop.stop(grace));
    }
    loops.clear();
    Future<Integer> ended = new Future<>();
    CompletableFuture.allOf(counts.toArray(new CompletableFuture<?>[0]))
        .whenComplete(
            (all, failure) -> ended.complete(counts.stream().mapToInt(Future::result).sum()));
    return ended;
  }

  /** Takes a connection. Called on the loop that has it. */
  private void handle(Connections connections, StreamTransport transport) {
    IOStream accepted = IOStream.of(transport);
    if (maxBufferSize != null) {
      accepted.setMaxBufferSize(maxBufferSize);
    }
    if (maxWriteBufferSize != null) {
      accepted.setMaxWriteBufferSize(maxWriteBufferSize);
    }
    connections.own(accepted);
    connections.loop.spawnCallback(
        () -> {
          IOStream stream = engines == null ? accepted : secured(accepted, engines);
          if (stream != null) {
            handle(stream);
          }
        });
  }

  /** Awaits the handshake; returns null where it failed, which is the client's matter. */
  private static @Nullable IOStream secured(IOStream accepted, Supplier<SSLEngine> engines) {
    try {
      return await(accepted.startTls(engines.get()));
    } catch (StreamClosedException e) {
      LOG.log(System.Logger.Level.DEBUG, "A TLS handshake failed", e);
      return null;
    } catch (Throwable e) {
      accepted.close(e);
      throw e;
    }
  }

  private void handle(IOStream stream) throws Exception {
    try {
      handleStream(stream, stream.remoteAddress());
    } catch (StreamClosedException e) {
      boolean unexpected = !stream.closed();
      stream.close(e);
      if (unexpected) {
        throw e;
      }
      // Else it is the usual end of a connection.
    } catch (Throwable e) {
      stream.close(e);
      throw e;
    }
  }

  /** One address that is listened on, by one loop. */
  private final class Listening implements AutoCloseable {
    private final Connections connections;
    private final StreamListener listener;
    private final @Nullable UnixPath path;
    private @Nullable Timeout rest;
    private boolean closed;

    Listening(Connections connections, SocketAddress address, boolean reusePort)
        throws IOException {
      this.connections = connections;
      StreamSockets sockets = loop().sockets();
      if (address instanceof UnixDomainSocketAddress unix) {
        path = new UnixPath(unix.getPath());
        listener = path.listen(sockets);
      } else {
        path = null;
        listener = sockets.listen(address, BACKLOG, reusePort);
      }
      listener.start(events -> accept());
      listener.watch(true);
    }

    IOLoop loop() {
      return connections.loop;
    }

    private void accept() {
      for (int i = 0; i < MAX_ACCEPTS && !closed; i++) {
        boolean handOver = !loops.isEmpty() && connections == TCPServer.this.connections;
        ServerLoop other = handOver ? loops.get(nextLoop % loops.size()) : null;
        StreamTransport accepted;
        try {
          accepted = listener.accept(other == null ? loop().sockets() : other.sockets());
        } catch (IOException e) {
          if (isAbort(e)) {
            continue;
          }
          pause(e);
          return;
        }
        if (accepted == null) {
          return;
        }
        if (other == null) {
          handle(connections, accepted);
        } else {
          nextLoop = (nextLoop + 1) % loops.size();
          other.execute(() -> handle(other.connections(), accepted));
        }
      }
    }

    /** Whether only this connection is gone. */
    private boolean isAbort(IOException e) {
      return String.valueOf(e.getMessage()).contains("abort");
    }

    /** The connection that cannot be accepted stays where it is, and would be reported at once. */
    private void pause(IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "No connection can be accepted on "
              + listener.localAddress()
              + " at present; trying again in "
              + REST.toMillis()
              + " ms",
          e);
      listener.watch(false);
      rest =
          loop()
              .callLater(
                  REST,
                  () -> {
                    rest = null;
                    listener.watch(true);
                  });
    }

    @Override
    public void close() {
      closed = true;
      if (rest != null) {
        loop().removeTimeout(rest);
      }
      listener.close();
      if (path != null) {
        path.remove();
      }
    }
  }
}
