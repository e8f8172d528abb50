package dev.ioloop.net;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.named;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
 * Accepts connections and handles each one in its own coroutine.
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
  private static final int BACKLOG = 1024;

  final Admission admission = new Admission();
  private final List<Listening> listeners = new ArrayList<>();

  /** The loops that {@link #start} created; each one listens and serves on its own thread. */
  private final List<ServerLoop> loops = new CopyOnWriteArrayList<>();

  /** The loops that {@link #shutdown} waits for. */
  private final List<ServerLoop> endingLoops = new CopyOnWriteArrayList<>();

  /** The count that the latest {@link #shutdown} waits for; null if none is pending. */
  private volatile @Nullable Future<Integer> ending;

  /** The connections of the listening loop; null before {@link #listen}. */
  private volatile @Nullable Connections connections;

  private int nextLoop;
  private final @Nullable Supplier<SSLEngine> engines;
  private @Nullable Integer maxBufferSize;
  private @Nullable Integer maxWriteBufferSize;
  private int backlog = BACKLOG;
  private boolean keepAlive;
  private boolean reusePort;

  /** Creates a server that does not listen yet. */
  protected TCPServer() {
    engines = null;
  }

  /** As {@link #TCPServer()}, for TLS 1.2 and newer with the certificates of {@code context}. */
  protected TCPServer(SSLContext context) {
    Objects.requireNonNull(context, "context == null");
    engines = () -> Tls.server(context);
  }

  /**
   * As {@link #TCPServer()}, for TLS with configured engines: each connection takes one from {@code
   * engines}, in server mode.
   */
  protected TCPServer(Supplier<SSLEngine> engines) {
    this.engines = Objects.requireNonNull(engines, "engines == null");
  }

  /**
   * Handles one connection, as a coroutine. The stream stays open when this method returns. If it
   * throws, the stream is closed and the exception goes to the loop's exception handler, unless it
   * only says that the peer has closed the connection. Dumps, logs and reports show the coroutine
   * by the name of this class and the peer's address.
   */
  protected abstract void handleStream(IOStream stream, @Nullable SocketAddress peer)
      throws Exception;

  /** Sets {@link IOStream#maxBufferSize} for connections accepted from now on. */
  public final void setMaxBufferSize(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxBufferSize is not positive: " + bytes);
    }
    maxBufferSize = bytes;
  }

  /** Sets {@link IOStream#maxWriteBufferSize} for connections accepted from now on. */
  public final void setMaxWriteBufferSize(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxWriteBufferSize is not positive: " + bytes);
    }
    maxWriteBufferSize = bytes;
  }

  /**
   * Sets how many connections that are not accepted yet the system holds per address, for later
   * calls of {@code listen}; 1024 by default. The system may have a lower limit.
   */
  public final void setBacklog(int backlog) {
    if (backlog <= 0) {
      throw new IllegalArgumentException("backlog is not positive: " + backlog);
    }
    this.backlog = backlog;
  }

  /**
   * Sets how many connections may be open at the same time, on all loops together; zero, the
   * default, means no limit. Further connections wait in the backlog until an open one ends.
   * Lowering the limit closes no connection. May be changed at any time.
   */
  public final void setMaxConnections(int connections) {
    if (connections < 0) {
      throw new IllegalArgumentException("maxConnections is negative: " + connections);
    }
    admission.setMax(connections);
  }

  /**
   * Sets whether the system probes idle connections (TCP keep-alive) that are accepted from now on,
   * so that a connection whose peer has vanished ends eventually; false by default. Linux sends the
   * first probe after two hours by default. Does nothing for unix domain sockets.
   */
  public final void setKeepAlive(boolean keepAlive) {
    this.keepAlive = keepAlive;
  }

  /**
   * Sets whether this server shares its ports, from later calls of {@code listen} on, with other
   * processes of this user that also ask for it; the system distributes the connections. False by
   * default. Does nothing for unix domain sockets. Tornado: {@code reuse_port}.
   */
  public final void setReusePort(boolean reusePort) {
    this.reusePort = reusePort;
  }

  /**
   * Returns how many connections are open, on all of this server's loops. Safe to call from any
   * thread.
   */
  public final int connections() {
    Connections own = connections;
    int count = own == null ? 0 : own.count();
    for (ServerLoop loop : loops) {
      count += loop.connections().count();
    }
    for (ServerLoop loop : endingLoops) {
      count += loop.connections().count();
    }
    return count;
  }

  /** As {@link #listen(SocketAddress)}, on {@code port} of all addresses of this machine. */
  public final SocketAddress listen(int port) throws IOException {
    return listen(new InetSocketAddress(port));
  }

  /** As {@link #listen(SocketAddress)}, on {@code port} of one address or name of this machine. */
  public final SocketAddress listen(int port, String host) throws IOException {
    return listen(new InetSocketAddress(InetAddress.getByName(host), port));
  }

  /**
   * Listens on an address, on the current loop. May be called several times. Port zero picks any
   * free port. A unix domain socket replaces a stale socket at its path, one that nobody listens
   * on. Only this process's user can connect to it, and {@link #stop} removes it.
   *
   * @return the address with the port that was chosen
   * @throws java.net.BindException if the system refuses the address, for instance because the port
   *     is in use; the message names the address
   * @throws java.nio.file.FileAlreadyExistsException if the path belongs to another kind of file or
   *     to a socket in use
   * @throws IOException if listening fails for another reason, such as an unknown host or a missing
   *     directory
   */
  public final SocketAddress listen(SocketAddress address) throws IOException {
    Objects.requireNonNull(address, "address == null");
    if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
      throw new UnknownHostException(internet.getHostString());
    }
    IOLoop loop = IOLoop.current();
    Connections own = connections;
    if (own == null || own.loop != loop) {
      own = connections = new Connections(loop, admission);
    }
    Listening listening = new Listening(this, own, address, backlog, reusePort);
    listeners.add(listening);
    return listening.address();
  }

  /**
   * Starts {@code loops} further loops that serve the connections, each on its own thread and with
   * the current loop's backend. {@link #handleStream} runs on the loop that owns the connection, so
   * it runs on several threads at the same time. Call this once, right after {@link #listen}. It
   * does not wait.
   *
   * <p>If the system lets sockets share a port, each loop listens for itself and the system
   * distributes the connections. Otherwise, and for unix domain sockets, the current loop accepts
   * the connections and hands them out round-robin; it must be running then.
   *
   * <p>After {@link #stop}, a loop and its thread end with the loop's last connection. Tornado:
   * {@code TCPServer.start}, which forks processes.
   *
   * @param loops the number of loops; zero means one per processor
   * @throws IllegalArgumentException if {@code loops} is negative
   * @throws IllegalStateException if the server does not listen, or was started before
   * @throws IOException if the loops cannot be started; the server then listens nowhere
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
        this.loops.add(new ServerLoop(listeners.get(0).loop().backend(), i + 1, admission));
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

  /** Moves a listener to all loops if the port can be shared. */
  private void spread(Listening listening) throws IOException {
    SocketAddress address = listening.sharedAddress();
    if (address == null) {
      return;
    }
    listeners.remove(listening);
    listening.close();
    for (ServerLoop loop : loops) {
      loop.add(new Listening(this, loop.connections(), address, backlog, true));
    }
  }

  /**
   * Stops accepting; open connections stay. The loops of {@link #start} stop accepting in their
   * next iteration. A second call does nothing.
   */
  public final void stop() {
    List<Listening> stopped = List.copyOf(listeners);
    listeners.clear();
    stopped.forEach(Listening::close);
    loops.forEach(loop -> loop.stop(null));
  }

  /**
   * Stops accepting, waits up to {@code grace} for the connections to end, and closes those that
   * are left. May be called again before that: the earlier deadline applies, and both futures give
   * the same count.
   *
   * @param grace how long to wait; zero or less means not at all
   * @return a future of the number of connections that had to be closed
   */
  public final Future<Integer> shutdown(Duration grace) {
    Objects.requireNonNull(grace, "grace == null");
    stop();
    List<ServerLoop> stopped = List.copyOf(loops);
    loops.clear();
    endingLoops.forEach(loop -> loop.stop(grace));
    endingLoops.addAll(stopped);
    Connections own = connections;
    Future<Integer> rest = own == null ? Future.succeeded(0) : own.shutdown(grace);
    Future<Integer> earlier = ending;
    List<Future<Integer>> counts = new ArrayList<>();
    counts.add(earlier == null ? rest : earlier);
    stopped.forEach(loop -> counts.add(loop.stop(grace)));
    Future<Integer> sum = ending = new Future<>();
    Future<Integer> told = new Future<>();
    CompletableFuture.allOf(counts.toArray(new CompletableFuture<?>[0]))
        .whenComplete(
            (all, failure) -> {
              endingLoops.removeAll(stopped);
              if (ending == sum) {
                ending = null;
              }
              sum.complete(counts.stream().mapToInt(Future::result).sum());
              told.complete(sum.result());
            });
    return told;
  }

  /** Returns the loop that gets the next connection, or null if the accepting loop keeps it. */
  @Nullable ServerLoop nextLoop(Connections connections) {
    boolean handOver = !loops.isEmpty() && connections == this.connections;
    return handOver ? loops.get(nextLoop % loops.size()) : null;
  }

  /**
   * Passes an accepted connection to {@code other}, or handles it here if that is null. Runs on the
   * accepting loop.
   */
  void take(Connections connections, StreamTransport transport, @Nullable ServerLoop other) {
    if (other == null) {
      handle(connections, transport);
    } else {
      nextLoop = (nextLoop + 1) % loops.size();
      other.execute(() -> handle(connections, transport));
    }
  }

  /** Handles a connection. Runs on the loop that owns it. */
  private void handle(Connections connections, StreamTransport transport) {
    IOStream accepted;
    try {
      accepted = IOStream.of(transport);
    } catch (RuntimeException | Error e) {
      admission.leave();
      transport.close();
      throw e;
    }
    if (maxBufferSize != null) {
      accepted.setMaxBufferSize(maxBufferSize);
    }
    if (maxWriteBufferSize != null) {
      accepted.setMaxWriteBufferSize(maxWriteBufferSize);
    }
    if (keepAlive) {
      keepAlive(transport);
    }
    connections.track(accepted);
    SocketAddress peer = accepted.remoteAddress();
    connections.loop.spawnCallback(
        named(
            () -> name(peer),
            () -> {
              IOStream stream = engines == null ? accepted : secured(accepted, engines, peer);
              if (stream != null) {
                handle(stream, peer);
              }
            }));
  }

  /** Returns the name of a connection in dumps and logs. */
  private String name(@Nullable SocketAddress peer) {
    String text = peer == null ? "" : peer.toString();
    return getClass().getName() + (text.isEmpty() ? ", unnamed peer" : ", peer " + text);
  }

  private static void keepAlive(StreamTransport transport) {
    try {
      transport.setKeepAlive(true);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "The connection is gone already", e);
    }
  }

  /** Awaits the handshake; returns null if it failed because of the client. */
  private @Nullable IOStream secured(
      IOStream accepted, Supplier<SSLEngine> engines, @Nullable SocketAddress peer) {
    try {
      return await(accepted.startTls(engines.get()));
    } catch (StreamClosedException e) {
      if (e.realError() instanceof RuntimeException) {
        throw e; // The server's own engine failed.
      }
      LOG.log(System.Logger.Level.DEBUG, "A TLS handshake failed: " + name(peer), e);
      return null;
    } catch (Throwable e) {
      accepted.close(e);
      throw e;
    }
  }

  private void handle(IOStream stream, @Nullable SocketAddress peer) throws Exception {
    try {
      handleStream(stream, peer);
    } catch (StreamClosedException e) {
      boolean unexpected = !stream.closed();
      stream.closeBy(e);
      if (unexpected) {
        throw e;
      }
      // Otherwise this is the usual end of a connection.
    } catch (Throwable e) {
      stream.closeBy(e);
      throw e;
    }
  }
}
