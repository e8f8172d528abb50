package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.withTimeout;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.netty.NettyFutures;
import dev.ioloop.netty.NettyIOLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A web server on Netty, with Netty's own codecs, whose handlers are coroutines on its event loops.
 * It shows these loops while they run, and has a chat.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar serve</pre>
 */
public final class Serve {
  static final String WARNING =
      "WARNING: everybody who can reach this machine can see this page and use it. Browsers are"
          + " answered for the names given by --allow-host, and for localhost.";

  /** A callback that takes longer is slow. */
  private static final Duration SLOW = Duration.ofMillis(200);

  /** The most requests that a client may send before the answer to the first: Netty's limit. */
  static final int MAX_REQUESTS_AHEAD = 128;

  /**
   * The most bytes of one read of a connection, before other connections are served. Each
   * connection may also hold this much memory for an incomplete head.
   */
  private static final int MAX_READ = 16 * 1024;

  /** The time that connections may take to end when the server ends. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Tells connections that the server ends. */
  enum Closing {
    EVENT
  }

  private final Transport transport;
  private final Access access;
  private final Limits limits;
  private final Assets assets = new Assets();
  private final ClientLimit clients;

  /** The memory that bodies may still take. */
  final AtomicLong roomForBodies;

  private final AtomicInteger webSockets = new AtomicInteger();
  private final EventLoopGroup group;
  private final ChannelGroup channels;
  private final Map<EventExecutor, Station> stations = new LinkedHashMap<>();
  private final Relay relay;
  private @Nullable Channel listening;
  private volatile boolean closing;

  /**
   * Starts the event loops.
   *
   * @param backend the transport: a name of {@link IOLoop#backends}
   * @param redis the Redis that carries the chat to other servers; null for none
   */
  Serve(String backend, int loops, Access access, Limits limits, @Nullable URI redis) {
    this.transport = Transport.of(backend);
    this.access = access;
    this.limits = limits;
    clients = new ClientLimit(limits.clients());
    roomForBodies = new AtomicLong(limits.bodyBytesInAll());
    Messages.prepare();
    group = new MultiThreadIoEventLoopGroup(loops, transport.handlers());
    channels = new DefaultChannelGroup(group.next());
    long maxUnsent = limits.unsentBytesInAll() / loops;
    for (EventExecutor executor : group) {
      IOLoop loop = NettyIOLoop.of((EventLoop) executor);
      loop.setBlockingLogThreshold(SLOW);
      stations.put(executor, new Station(loop, "loop " + (stations.size() + 1), maxUnsent));
    }
    relay =
        redis == null
            ? Relay.local(this::deliver)
            : new RedisRelay(redis, group, backend, limits.messageBytes(), this::deliver);
  }

  /** Listens. Call in a coroutine, on any loop. */
  InetSocketAddress listen(String host, int port) throws Exception {
    await(relay.open());
    stations.values().forEach(station -> station.open(this::news));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(limits.unsentBytes() / 2, limits.unsentBytes()))
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 2_048, MAX_READ).maxMessagesPerRead(1))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    addHandlers(channel);
                  }
                })
            .bind(host, port);
    await(bound);
    listening = bound.channel();
    return (InetSocketAddress) listening.localAddress();
  }

  private void addHandlers(Channel channel) {
    channels.add(channel);
    EventLoop eventLoop = channel.eventLoop();
    RequestDeadline deadline = new RequestDeadline(NettyIOLoop.of(eventLoop), limits.request());
    channel
        .pipeline()
        .addLast(
            clients,
            new HttpServerCodec(decoder(), MAX_REQUESTS_AHEAD),
            deadline,
            new HttpServerKeepAliveHandler(),
            new WholeRequests(limits.messageBytes(), roomForBodies),
            new HttpHandler(this, Objects.requireNonNull(stations.get(eventLoop)), deadline));
  }

  private static HttpDecoderConfig decoder() {
    return new HttpDecoderConfig()
        .setHeadersFactory(FewHeaders.FACTORY)
        .setTrailersFactory(FewHeaders.FACTORY);
  }

  private void deliver(ChatLine line) {
    String message = Messages.chat(line);
    stations.values().forEach(station -> station.tell(message));
  }

  private String news() {
    List<LoopState> states = stations.values().stream().map(Station::state).toList();
    int browsers = states.stream().mapToInt(LoopState::browsers).sum();
    return Messages.loops(relay.state(), browsers, states);
  }

  Access access() {
    return access;
  }

  Limits limits() {
    return limits;
  }

  Assets assets() {
    return assets;
  }

  Relay relay() {
    return relay;
  }

  /** Returns whether one more WebSocket is allowed; it then counts until its channel closes. */
  boolean admitWebSocket(Channel channel) {
    if (webSockets.incrementAndGet() > limits.webSockets()) {
      webSockets.decrementAndGet();
      return false;
    }
    channel.closeFuture().addListener(closed -> webSockets.decrementAndGet());
    return true;
  }

  /** Returns whether connections must end with their present answer. */
  boolean isClosing() {
    return closing;
  }

  /**
   * Ends the connections, which may finish their present answers for some seconds, and the event
   * loops.
   */
  Future<?> close() {
    return coroutine(
        () -> {
          closing = true;
          if (listening != null) {
            await(listening.close());
          }
          for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(Closing.EVENT);
          }
          try {
            await(withTimeout(GRACE, NettyFutures.from(channels.newCloseFuture())));
          } catch (LoopTimeoutException e) {
            await((Object) channels.close());
          }
          await(relay.close());
          await(NettyFutures.from(group.shutdownGracefully(0, 5, TimeUnit.SECONDS)));
        });
  }

  /**
   * Serves until the process is told to end.
   *
   * @param allowedHosts names, beside those of this machine, that requests may ask for
   * @throws IllegalArgumentException if there is no such host
   */
  public static void run(
      String host, int port, int loops, Collection<String> allowedHosts, @Nullable URI redis) {
    try (IOLoop loop = IOLoop.instance()) {
      Access access = new Access(allowedHosts);
      Serve serve = new Serve(loop.backend(), loops, access, Limits.DEFAULT, redis);
      loop.runMain(
          () -> {
            try {
              InetSocketAddress address = serve.listen(host, port);
              if (!address.getAddress().isLoopbackAddress()) {
                System.err.println(WARNING);
              }
              System.out.println("open http://" + text(address) + "/ in a browser");
              await(new Future<>());
            } finally {
              await(serve.close());
            }
          });
    }
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
