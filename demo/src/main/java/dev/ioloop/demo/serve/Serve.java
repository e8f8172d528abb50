package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.NettyFutures;
import dev.ioloop.netty.NettyIOLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpObjectAggregator;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A web server on Netty, as there are many, with Netty's own codecs; its handlers are coroutines on
 * its event loops. It shows these loops while they run, and has a chat.
 *
 * <pre>java -jar demo/target/ioloop-demo.jar serve</pre>
 */
public final class Serve {
  static final String WARNING =
      "WARNING: everybody who can reach this machine can see this page and use it. Browsers are"
          + " answered for the names given by --allow-host, and for localhost.";

  /** From when on a callback is slow. */
  private static final Duration SLOW = Duration.ofMillis(200);

  private final Transport transport;
  private final Access access;
  private final Limits limits;
  private final Assets assets = new Assets();
  private final ClientLimit clients;
  private final EventLoopGroup group;
  private final Map<EventExecutor, Station> stations = new LinkedHashMap<>();
  private final Relay relay;
  private @Nullable Channel listening;

  /**
   * Starts the event loops.
   *
   * @param backend what they run on: a name of {@link IOLoop#backends}
   * @param redis what carries the chat to other servers; null for none
   */
  Serve(String backend, int loops, Access access, Limits limits, @Nullable URI redis) {
    this.transport = Transport.of(backend);
    this.access = access;
    this.limits = limits;
    clients = new ClientLimit(limits.clients());
    group = new MultiThreadIoEventLoopGroup(loops, transport.handlers());
    for (EventExecutor executor : group) {
      IOLoop loop = NettyIOLoop.of((EventLoop) executor);
      loop.setBlockingLogThreshold(SLOW);
      stations.put(executor, new Station(loop, "loop " + (stations.size() + 1)));
    }
    relay =
        redis == null
            ? Relay.local(this::deliver)
            : new RedisRelay(redis, group, backend, this::deliver);
  }

  /** Listens. A coroutine's, on any loop. */
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
    EventLoop eventLoop = channel.eventLoop();
    channel
        .pipeline()
        .addLast(
            clients,
            new HttpServerCodec(),
            new RequestDeadline(NettyIOLoop.of(eventLoop), limits.request()),
            new HttpServerKeepAliveHandler(),
            new HttpObjectAggregator(limits.messageBytes()),
            new HttpHandler(this, stations.get(eventLoop)));
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

  /** Closes the connections and ends the event loops. */
  Future<?> close() {
    return coroutine(
        () -> {
          await(relay.close());
          if (listening != null) {
            await(listening.close());
          }
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
      loop.runMain(
          () -> {
            Serve serve =
                new Serve(loop.backend(), loops, new Access(allowedHosts), Limits.DEFAULT, redis);
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
