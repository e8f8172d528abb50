package dev.ioloop.net;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.Timeout;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Connects streams. A name with several addresses is tried as in RFC 8305 ("happy eyeballs"): IPv6
 * and IPv4 addresses alternate, and each attempt starts a quarter of a second after the previous
 * one or as soon as that has failed. The first connection wins; the others are closed.
 *
 * <pre>{@code
 * TCPClient client = new TCPClient().timeout(Duration.ofSeconds(5));
 * IOStream stream = await(client.connect("localhost", port));
 * await(stream.write("hello\n".getBytes(UTF_8)));
 * byte[] line = await(stream.readUntil("\n".getBytes(UTF_8)));
 * stream.close();
 * }</pre>
 *
 * <p>Call from the loop's thread only. Tornado: {@code tcpclient.TCPClient}.
 */
public final class TCPClient implements AutoCloseable {
  private static final Duration STAGGER = Duration.ofMillis(250);

  private final Resolver resolver;
  private final Set<Attempt> attempts = new HashSet<>();
  private @Nullable Duration timeout;
  private @Nullable SocketAddress source;
  private boolean closed;

  /** Creates a client that resolves names with the system's resolver, on the loop's executor. */
  public TCPClient() {
    this(
        (loop, host) ->
            loop.runInExecutor(() -> List.of(InetAddress.getAllByName(Tls.ascii(host)))));
  }

  /** Creates a client with its own resolver. */
  public TCPClient(Resolver resolver) {
    this.resolver = Objects.requireNonNull(resolver, "resolver == null");
  }

  /**
   * Limits the total time of a connect, including name resolution. By default only the system
   * limits it.
   *
   * @return this
   * @throws IllegalArgumentException if {@code timeout} is not positive
   */
  public TCPClient timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout is not positive: " + timeout);
    }
    this.timeout = timeout;
    return this;
  }

  /**
   * Sets the local address for later connects; null, the default, means any address. Port zero
   * means any port.
   *
   * @return this
   */
  public TCPClient sourceAddress(@Nullable SocketAddress source) {
    this.source = source;
    return this;
  }

  /**
   * Connects to a port of a host, given as a name or a literal address.
   *
   * @return a future of the stream; cancelling it gives up the connect. It fails with {@link
   *     StreamClosedException} if no address can be connected. The real error of that exception is
   *     the error of the last address tried, and its message names the address: a {@link
   *     ConnectException} such as "Connection refused", a {@link NoRouteToHostException} (also for
   *     an unreachable network), or a {@link BindException} if {@link #sourceAddress} cannot be
   *     used. The future fails with {@link LoopTimeoutException} on a timeout, and with the
   *     resolver's error, such as {@link UnknownHostException}, if the name cannot be resolved.
   * @throws IllegalArgumentException if {@code port} is not between 0 and 65535
   */
  public Future<IOStream> connect(String host, int port) {
    return connectTo(host, port, null);
  }

  /**
   * As {@link #connect(String, int)}, with TLS 1.2 or newer. The client checks the host's
   * certificates and that they belong to the host. It sends the host name to the server (SNI) if
   * that is a valid name and not an address.
   *
   * @param context the certificates to trust; {@link SSLContext#getDefault} for the JDK's default
   */
  public Future<IOStream> connect(String host, int port, SSLContext context) {
    Objects.requireNonNull(host, "host == null");
    requireTls(context, "context");
    return connectTo(host, port, Tls.client(context, host, port));
  }

  /** As {@link #connect(String, int)}, with TLS by a configured engine in client mode. */
  public Future<IOStream> connect(String host, int port, SSLEngine engine) {
    return connectTo(host, port, requireTls(engine, "engine"));
  }

  private static <T> T requireTls(T argument, String name) {
    return Objects.requireNonNull(
        argument, name + " == null; connect(host, port) connects without TLS");
  }

  private Future<IOStream> connectTo(String host, int port, @Nullable SSLEngine engine) {
    Objects.requireNonNull(host, "host == null");
    InetSocketAddress.createUnresolved(host, port); // Refuses an invalid port.
    return start(new Attempt(IOLoop.current(), host, port, engine));
  }

  /** As {@link #connect(String, int)}, to an internet or unix domain socket address. */
  public Future<IOStream> connect(SocketAddress address) {
    Objects.requireNonNull(address, "address == null");
    if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
      return connect(internet.getHostString(), internet.getPort());
    }
    Attempt attempt = new Attempt(IOLoop.current(), null, 0, null);
    attempt.addresses.add(address);
    return start(attempt);
  }

  private Future<IOStream> start(Attempt attempt) {
    if (closed) {
      throw new IllegalStateException("connect() of a closed client; make another one");
    }
    attempts.add(attempt);
    attempt.start();
    return attempt.future;
  }

  /** Cancels the connects in progress; streams that are connected are left alone. */
  @Override
  public void close() {
    closed = true;
    List.copyOf(attempts).forEach(attempt -> attempt.future.cancel(false));
  }

  /** Looks up the addresses of hosts. */
  @FunctionalInterface
  public interface Resolver {

    /**
     * Returns the addresses of a host, the best first.
     *
     * @param loop the loop on which the future must be completed
     */
    Future<List<InetAddress>> resolve(IOLoop loop, String host);
  }

  /** One connect: the addresses still to try, and the streams that are connecting. */
  private final class Attempt {
    private final IOLoop loop;
    private final @Nullable String host;
    private final int port;

    /** Null without TLS, and after the handshake has begun. */
    private @Nullable SSLEngine engine;

    private final List<SocketAddress> addresses = new ArrayList<>();
    private final List<Future<IOStream>> connecting = new ArrayList<>();
    private final Future<IOStream> future = Future.owned(this::giveUp);
    private @Nullable Future<List<InetAddress>> resolving;
    private @Nullable Timeout limit;
    private @Nullable Timeout stagger;
    private @Nullable Throwable lastFailure;

    /** Whether the outcome is decided; later results are ignored. */
    private boolean over;

    Attempt(IOLoop loop, @Nullable String host, int port, @Nullable SSLEngine engine) {
      this.loop = loop;
      this.engine = engine;
      this.host = host;
      this.port = port;
    }

    void start() {
      if (timeout != null) {
        limit = loop.callLater(timeout, this::timeOut);
      }
      if (host == null) {
        tryNext();
      } else {
        resolving = resolver.resolve(loop, host);
        loop.addFuture(resolving, this::resolved);
      }
    }

    private void resolved(Future<List<InetAddress>> done) {
      Throwable failure = done.exception();
      if (over) {
        return;
      }
      if (failure != null) {
        fail(failure);
        return;
      }
      addresses.addAll(interleaved(done.result(), port));
      if (addresses.isEmpty()) {
        fail(new UnknownHostException(host));
      } else {
        tryNext();
      }
    }

    /** Tries the next address, and schedules the one after it. */
    private void tryNext() {
      stagger = null;
      while (!addresses.isEmpty()) {
        SocketAddress address = addresses.remove(0);
        try {
          Future<IOStream> stream = IOStream.connect(loop.sockets().connect(address, source));
          connecting.add(stream);
          stream.addDoneCallback(done -> ended(done, address));
          if (!addresses.isEmpty()) {
            stagger = loop.callLater(STAGGER, this::tryNext);
          }
          return;
        } catch (IOException | UnresolvedAddressException | UnsupportedAddressTypeException e) {
          lastFailure = named(e, address);
        }
      }
      failIfNothingIsLeft();
    }

    /**
     * Called when a connection attempt or a handshake has ended.
     *
     * @param address the address of the attempt; null for a handshake
     */
    private void ended(Future<IOStream> stream, @Nullable SocketAddress address) {
      connecting.remove(stream);
      Throwable failure = stream.exception();
      if (over) {
        if (failure == null) {
          stream.result().close();
        }
        return;
      }
      SSLEngine securing = engine;
      if (failure == null && securing != null) {
        engine = null;
        secure(stream.result(), securing);
        return;
      }
      if (failure == null) {
        release();
        future.complete(stream.result());
        return;
      }
      Throwable reason =
          failure instanceof StreamClosedException e && e.realError() != null
              ? e.realError()
              : failure;
      lastFailure = address == null ? reason : named(reason, address);
      if (addresses.isEmpty()) {
        failIfNothingIsLeft();
      } else {
        cancelStagger();
        tryNext();
      }
    }

    /** Starts the handshake on the winning connection. */
    private void secure(IOStream stream, SSLEngine used) {
      cancelStagger();
      addresses.clear();
      List<Future<IOStream>> losers = List.copyOf(connecting);
      Future<IOStream> secured;
      try {
        secured = stream.startTls(used);
      } catch (RuntimeException e) {
        stream.close();
        fail(e);
        return;
      }
      connecting.add(secured);
      losers.forEach(loser -> loser.cancel(false));
      secured.addDoneCallback(done -> ended(done, null));
    }

    private void failIfNothingIsLeft() {
      if (addresses.isEmpty() && connecting.isEmpty()) {
        fail(new StreamClosedException(lastFailure));
      }
    }

    private void timeOut() {
      limit = null;
      fail(
          new LoopTimeoutException(
              "not connected to " + (host == null ? "the address" : host) + " after " + timeout));
    }

    private void fail(Throwable failure) {
      release();
      future.completeExceptionally(failure);
    }

    /** Runs when the future is cancelled. */
    private void giveUp() {
      if (loop.running() && IOLoop.current(false) != loop) {
        loop.addCallback(this::release);
      } else {
        release();
      }
    }

    /** Cancels the timers and all pending connections. */
    private void release() {
      over = true;
      attempts.remove(this);
      if (limit != null) {
        loop.removeTimeout(limit);
        limit = null;
      }
      cancelStagger();
      addresses.clear();
      if (resolving != null) {
        resolving.cancel(true);
      }
      List<Future<IOStream>> losers = List.copyOf(connecting);
      connecting.clear();
      losers.forEach(loser -> loser.cancel(false));
    }

    private void cancelStagger() {
      if (stagger != null) {
        loop.removeTimeout(stagger);
        stagger = null;
      }
    }
  }

  /**
   * Maps a failure to the same exception type on every backend, with a message that names the
   * address.
   */
  private static Throwable named(Throwable failure, SocketAddress address) {
    if (!(failure instanceof IOException)) {
      return failure;
    }
    String reason =
        failure.getMessage() != null
            ? failure.getMessage()
            : failure instanceof NoRouteToHostException
                ? "No route to host"
                : failure instanceof FileNotFoundException
                    ? "No such file or directory"
                    : failure.toString();
    String text = "cannot connect to " + address + ": " + reason;
    boolean unreachable = // The JDK has this exception for hosts only, Netty for networks too.
        failure instanceof NoRouteToHostException || reason.contains("unreachable");
    IOException named =
        failure instanceof BindException
            ? new BindException(text)
            : unreachable ? new NoRouteToHostException(text) : new ConnectException(text);
    named.initCause(failure);
    return named;
  }

  /**
   * Alternates the addresses of the two families, starting with the family of the first address.
   */
  private static List<SocketAddress> interleaved(List<InetAddress> addresses, int port) {
    List<SocketAddress> first = new ArrayList<>();
    List<SocketAddress> second = new ArrayList<>();
    for (InetAddress address : addresses) {
      boolean likeFirst =
          address instanceof Inet6Address == addresses.get(0) instanceof Inet6Address;
      (likeFirst ? first : second).add(new InetSocketAddress(address, port));
    }
    List<SocketAddress> all = new ArrayList<>();
    for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
      if (i < first.size()) {
        all.add(first.get(i));
      }
      if (i < second.size()) {
        all.add(second.get(i));
      }
    }
    return all;
  }
}
