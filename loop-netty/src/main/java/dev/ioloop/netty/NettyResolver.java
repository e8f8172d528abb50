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
 * Looks up names with Netty's DNS client, on the loop itself and without a thread that waits:
 * {@code new TCPClient(new NettyResolver())}.
 *
 * <p>Needs {@code io.netty:netty-resolver-dns} on the path, which {@code loop-netty} does not
 * bring, and a loop with a Netty event loop under it. The addresses of a name are remembered as
 * long as the server allows. Safe to use from several loops.
 */
public final class NettyResolver implements TCPClient.Resolver, AutoCloseable {
  private final Consumer<DnsNameResolverBuilder> settings;
  private final Map<EventLoop, DnsNameResolver> resolvers = new HashMap<>();
  private boolean closed;

  /** Makes one that asks the servers which the system asks. */
  public NettyResolver() {
    this(builder -> {});
  }

  /**
   * Makes one with settings of one's own, such as the servers to ask.
   *
   * @param settings is given the builder of each loop's resolver
   */
  public NettyResolver(Consumer<DnsNameResolverBuilder> settings) {
    this.settings = Objects.requireNonNull(settings, "settings == null");
  }

  /**
   * {@inheritDoc}
   *
   * <p>The future fails with {@link java.net.UnknownHostException} if there is no such name or no
   * server answers.
   *
   * @throws IllegalArgumentException if no Netty event loop is under {@code loop}
   * @throws IllegalStateException if this is closed
   */
  @Override
  public Future<List<InetAddress>> resolve(IOLoop loop, String host) {
    return NettyFutures.from(resolver(NettyIOLoop.eventLoop(loop)).resolveAll(host));
  }

  private synchronized DnsNameResolver resolver(EventLoop eventLoop) {
    if (closed) {
      throw new IllegalStateException("the resolver is closed; make another one");
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

  /** Gives the sockets back. Look-ups that are under way fail. Safe to call from any thread. */
  @Override
  public synchronized void close() {
    closed = true;
    List<DnsNameResolver> open = new ArrayList<>(resolvers.values());
    resolvers.clear();
    open.forEach(DnsNameResolver::close);
  }
}
