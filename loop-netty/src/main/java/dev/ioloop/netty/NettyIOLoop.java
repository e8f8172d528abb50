package dev.ioloop.netty;

import dev.ioloop.IOLoop;
import io.netty.channel.EventLoop;

/**
 * The door between an {@link IOLoop} and Netty. An IOLoop of a native backend drives a Netty event
 * loop; a Netty channel registered on that one is served by the IOLoop's thread, between its
 * callbacks and its handlers.
 *
 * <pre>{@code
 * EventLoop eventLoop = NettyIOLoop.eventLoop(loop);
 * var server =
 *     new ServerBootstrap()
 *         .group(eventLoop) // an event loop is a group of one
 *         .channel(EpollServerSocketChannel.class) // the backend's own: "epoll"
 *         .childHandler(handler)
 *         .bind(address);
 * }</pre>
 */
public final class NettyIOLoop {

  private NettyIOLoop() {}

  /**
   * Returns the Netty event loop under {@code loop}, to register channels of its transport on:
   * {@code Epoll…Channel} for the backend {@code epoll}, {@code KQueue…Channel} for {@code kqueue},
   * {@code IoUring…Channel} for {@code io_uring}. What is registered or executed before the loop's
   * first start waits for it. The event loop ends with the IOLoop; to shut it down is not the
   * caller's.
   *
   * <p>Safe to call from any thread.
   *
   * @throws IllegalArgumentException if the loop has no Netty event loop under it
   */
  public static EventLoop eventLoop(IOLoop loop) {
    EventLoop eventLoop = loop.unwrap(EventLoop.class);
    if (eventLoop == null) {
      throw new IllegalArgumentException(
          "no Netty event loop is under this IOLoop, whose backend is \""
              + loop.backend()
              + "\"; create it with IOLoop.create(\"epoll\"), \"kqueue\" or \"io_uring\"");
    }
    return eventLoop;
  }
}
