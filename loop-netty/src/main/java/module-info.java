/**
 * The backends epoll, kqueue and io_uring, and the bridge to Netty; see {@link dev.ioloop.netty}.
 */
module dev.ioloop.netty {
  requires transitive dev.ioloop;
  requires transitive io.netty.common;
  requires transitive io.netty.transport;
  requires transitive io.netty.handler;
  requires io.netty.buffer;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires io.netty.transport.classes.kqueue;
  requires io.netty.transport.unix.common;
  requires static transitive io.netty.resolver.dns; // only for NettyResolver
  requires static io.netty.codec.http2; // only for HTTP/2 streams in CoroutineHandler
  requires static org.jspecify;

  exports dev.ioloop.netty;

  provides dev.ioloop.spi.PollerProvider with
      dev.ioloop.netty.EpollProvider,
      dev.ioloop.netty.KQueueProvider,
      dev.ioloop.netty.IoUringProvider;
  provides dev.ioloop.spi.YieldConverter with
      dev.ioloop.netty.NettyYieldConverter;
}
