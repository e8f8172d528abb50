package dev.ioloop.net;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import dev.ioloop.spi.StreamListener;
import dev.ioloop.spi.StreamTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
  private final Set<IOStream> open = new LinkedHashSet<>();
  private final @Nullable Supplier<SSLEngine> engines;
  private @Nullable Integer maxBufferSize;
  private @Nullable Integer maxWriteBufferSize;
  private @Nullable Runnable whenEmpty;

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
    Listening listening = new Listening(loop, address);
    listeners.add(listening);
    return listening.listener.localAddress();
  }

  /** Stops accepting; connections live on. A second call does nothing. */
  public final void stop() {
    List<Listening> stopped = List.copyOf(listeners);
    listeners.clear();
    stopped.forEach(Listening::close);
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
    Future<Integer> ended = new Future<>();
    if (open.isEmpty()) {
      ended.complete(0);
      return ended;
    }
    IOLoop loop = IOLoop.current();
    Timeout timer =
        loop.callLater(
            grace.isNegative() ? Duration.ZERO : grace,
            () -> {
              List<IOStream> left = List.copyOf(open);
              whenEmpty = null;
              left.forEach(IOStream::close);
              ended.complete(left.size());
            });
    whenEmpty =
        () -> {
          loop.removeTimeout(timer);
          ended.complete(0);
        };
    return ended;
  }

  private void own(IOStream stream) {
    open.add(stream);
    stream.setOwner(
        next -> {
          open.remove(stream);
          if (next != null) {
            own(next);
          } else if (open.isEmpty() && whenEmpty != null) {
            Runnable callback = whenEmpty;
            whenEmpty = null;
            callback.run();
          }
        });
  }

  private void handle(IOLoop loop, StreamTransport transport) {
    IOStream accepted = IOStream.of(transport);
    if (maxBufferSize != null) {
      accepted.setMaxBufferSize(maxBufferSize);
    }
    if (maxWriteBufferSize != null) {
      accepted.setMaxWriteBufferSize(maxWriteBufferSize);
    }
    own(accepted);
    loop.spawnCallback(
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

  /** One address that is listened on. */
  private final class Listening {
    private final IOLoop loop;
    private final StreamListener listener;
    private final @Nullable UnixPath path;
    private @Nullable Timeout rest;
    private boolean closed;

    Listening(IOLoop loop, SocketAddress address) throws IOException {
      this.loop = loop;
      if (address instanceof UnixDomainSocketAddress unix) {
        path = new UnixPath(unix.getPath());
        listener = path.listen(loop.sockets());
      } else {
        path = null;
        listener = loop.sockets().listen(address, BACKLOG, false);
      }
      listener.start(events -> accept());
      listener.watch(true);
    }

    private void accept() {
      for (int i = 0; i < MAX_ACCEPTS && !closed; i++) {
        StreamTransport accepted;
        try {
          accepted = listener.accept();
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
        handle(loop, accepted);
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
          loop.callLater(
              REST,
              () -> {
                rest = null;
                listener.watch(true);
              });
    }

    void close() {
      closed = true;
      if (rest != null) {
        loop.removeTimeout(rest);
      }
      listener.close();
      if (path != null) {
        path.remove();
      }
    }
  }
}
