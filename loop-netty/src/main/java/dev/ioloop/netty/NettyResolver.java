package dev.ioloop.netty;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.net.TCPClient;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Resolves names with Netty's DNS client, on the loop itself and without blocking a thread: {@code
 * new TCPClient(new NettyResolver())}.
 *
 * <p>It needs {@code io.netty:netty-resolver-dns}, which {@code loop-netty} does not bring, and a
 * loop with a Netty event loop under it. Addresses are cached for as long as the DNS server allows.
 * Safe to use from several loops.
 */
public final class NettyResolver implements TCPClient.Resolver, AutoCloseable {
  private final Consumer<DnsNameResolverBuilder> settings;
  private final Map<EventLoop, DnsNameResolver> resolvers = new HashMap<>();
  private boolean closed;

  /** Creates a resolver that uses the system's DNS servers. */
  public NettyResolver() {
    this(builder -> {});
  }

  /**
   * Creates a resolver with further settings, such as other DNS servers.
   *
   * @param settings receives the builder of each loop's resolver
   */
  public NettyResolver(Consumer<DnsNameResolverBuilder> settings) {
    this.settings = Objects.requireNonNull(settings, "settings == null");
  }

  /**
   * {@inheritDoc}
   *
   * <p>The future fails with {@link java.net.UnknownHostException} if the name does not exist or no
   * server answers.
   *
   * @throws IllegalArgumentException if no Netty event loop is under {@code loop}
   * @throws IllegalStateException if this resolver is closed
   */
  @Override
  public Future<List<InetAddress>> resolve(IOLoop loop, String host) {
    return NettyFutures.from(resolver(NettyIOLoop.eventLoop(loop)).resolveAll(host));
  }

  private synchronized DnsNameResolver resolver(EventLoop eventLoop) {
    if (closed) {
      throw new IllegalStateException("the resolver is closed; create another one");
    }
    resolvers.keySet().removeIf(EventLoop::isShutdown);
    return resolvers.computeIfAbsent(eventLoop, this::open);
  }

  private DnsNameResolver open(EventLoop eventLoop) {
    DnsNameResolverBuilder builder = new DnsNameResolverBuilder(eventLoop);
    builder.datagramChannelType(channelType(eventLoop));
    settings.accept(builder);
    return builder.build();
  }

  private static Class<? extends DatagramChannel> channelType(EventLoop eventLoop) {
    if (eventLoop instanceof IoEventLoop io) {
      if (io.isIoType(EpollIoHandler.class)) {
        return EpollDatagramChannel.class;
      }
      if (io.isIoType(IoUringIoHandler.class)) {
        return IoUringDatagramChannel.class;
      }
      if (io.isIoType(KQueueIoHandler.class)) {
        return KQueueDatagramChannel.class;
      }
    }
    return NioDatagramChannel.class;
  }

  /** Closes the sockets. Pending look-ups fail. Safe to call from any thread. */
  @Override
  public synchronized void close() {
    closed = true;
    List<DnsNameResolver> open = new ArrayList<>(resolvers.values());
    resolvers.clear();
    open.forEach(DnsNameResolver::close);
  }
}
