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
  private static final int BACKLOG = 1024;

  final Admission admission = new Admission();
  private final List<Listening> listeners = new ArrayList<>();

  /** What listens and serves in loops of their own, by {@link #start}. */
  private final List<ServerLoop> loops = new CopyOnWriteArrayList<>();

  /** The loops that {@link #shutdown} waits for. */
  private final List<ServerLoop> endingLoops = new CopyOnWriteArrayList<>();

  /** What {@link #shutdown} waits for; null while it waits for nothing. */
  private volatile @Nullable Future<Integer> ending;

  /** The connections of the loop that listens; null before it does. */
  private volatile @Nullable Connections connections;

  private int nextLoop;
  private final @Nullable Supplier<SSLEngine> engines;
  private @Nullable Integer maxBufferSize;
  private @Nullable Integer maxWriteBufferSize;
  private int backlog = BACKLOG;
  private boolean keepAlive;
  private boolean reusePort;

  /** Makes one that listens nowhere yet. */
  protected TCPServer() {
    engines = null;
  }

  /** As {@link #TCPServer()}, for TLS 1.2 and newer with the certificates of {@code context}. */
  protected TCPServer(SSLContext context) {
    Objects.requireNonNull(context, "context == null");
    engines = () -> Tls.server(context);
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
   * that the peer has closed the connection. In dumps, logs and reports the coroutine bears the
   * name of this class and the address of the peer.
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

  /**
   * Sets how many connections the system holds for each address that is listened on from now on, in
   * addition to those that were accepted; 1024 by default. The system may have a lower limit of its
   * own.
   */
  public final void setBacklog(int backlog) {
    if (backlog <= 0) {
      throw new IllegalArgumentException("backlog is not positive: " + backlog);
    }
    this.backlog = backlog;
  }

  /**
   * Sets how many connections may be open at the same time, on all loops together; zero, the
   * default, is no limit. Further connections are not accepted until another one ends: they wait in
   * the backlog. Connections that are open already stay. May be changed at any time.
   */
  public final void setMaxConnections(int connections) {
    if (connections < 0) {
      throw new IllegalArgumentException("maxConnections is negative: " + connections);
    }
    admission.setMax(connections);
  }

  /**
   * Sets whether the system probes idle connections that are accepted from now on, so that one
   * whose peer has vanished ends some day (TCP keep-alive, two hours by default on Linux); false by
   * default. Does nothing for unix domain sockets.
   */
  public final void setKeepAlive(boolean keepAlive) {
    this.keepAlive = keepAlive;
  }

  /**
   * Sets whether other processes of this user that ask for the same may listen on the ports that
   * are listened on from now on; the system spreads the connections. False by default. Does nothing
   * for unix domain sockets. Tornado: {@code reuse_port}.
   */
  public final void setReusePort(boolean reusePort) {
    this.reusePort = reusePort;
  }

  /** Returns how many connections are open, on all of its loops. Safe to call from any thread. */
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
   * @throws java.net.BindException naming the address if the system refuses it, for instance
   *     because the port is in use
   * @throws java.nio.file.FileAlreadyExistsException if the path is that of another file, or of a
   *     socket that is in use
   * @throws IOException if that cannot be for another reason: an unknown host, or a directory that
   *     is missing
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

  /** Has all loops listen on an address in place of this one, where they can share it. */
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
   * Stops accepting, gives the connections time to end, and then closes those that are left. May be
   * called again before that: the earlier end of the two holds, and both futures tell the same.
   *
   * @param grace how long to wait; zero or less: not at all
   * @return a future of how many had to be closed
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

  /** Returns the loop that the next connection is handed over to, or null to keep it. */
  @Nullable ServerLoop nextLoop(Connections connections) {
    boolean handOver = !loops.isEmpty() && connections == this.connections;
    return handOver ? loops.get(nextLoop % loops.size()) : null;
  }

  /** Takes a connection, on the loop that accepts, for {@code other} or for that loop itself. */
  void take(Connections connections, StreamTransport transport, @Nullable ServerLoop other) {
    if (other == null) {
      handle(connections, transport);
    } else {
      nextLoop = (nextLoop + 1) % loops.size();
      other.execute(() -> handle(connections, transport));
    }
  }

  /** Takes a connection. Called on the loop that has it. */
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
    connections.own(accepted);
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

  /** Returns what the connection to a peer is called in dumps and logs. */
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

  /** Awaits the handshake; returns null where it failed, which is the client's matter. */
  private @Nullable IOStream secured(
      IOStream accepted, Supplier<SSLEngine> engines, @Nullable SocketAddress peer) {
    try {
      return await(accepted.startTls(engines.get()));
    } catch (StreamClosedException e) {
      if (e.realError() instanceof RuntimeException) {
        throw e; // of the server's own engine
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
      // Else it is the usual end of a connection.
    } catch (Throwable e) {
      stream.closeBy(e);
      throw e;
    }
  }
}
