package dev.ioloop.demo.serve;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** Netty's classes for event loops and servers, by the name of the backend. */
record Transport(IoHandlerFactory handlers, Class<? extends ServerChannel> serverChannel) {
  static Transport of(String backend) {
    return switch (backend) {
      case "epoll" -> new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
      case "kqueue" -> new Transport(KQueueIoHandler.newFactory(), KQueueServerSocketChannel.class);
      case "io_uring" ->
          new Transport(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
      case "nio" -> new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
      default -> throw new IllegalArgumentException("Netty has no transport for " + backend);
    };
  }
}
