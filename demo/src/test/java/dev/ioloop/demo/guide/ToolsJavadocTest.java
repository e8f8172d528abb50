package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static dev.ioloop.testing.Testing.expectLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.Backend;
import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.NettyFutures;
import dev.ioloop.netty.NettyIOLoop;
import dev.ioloop.testing.ExpectLog;
import dev.ioloop.testing.Interleavings;
import dev.ioloop.testing.ShufflingPoller;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the testing kit and of Netty's backends. */
final class ToolsJavadocTest extends Guide {

  private static void take(String step, Future<String> future) {
    if (step.equals("cancel")) {
      future.cancel(false);
    } else {
      future.complete(step);
    }
  }

  @Test
  void interleavings() {
    // region javadoc Interleavings
    Interleavings.explore(
        choices -> {
          Future<String> future = new Future<>();
          List<String> order = choices.merge(List.of(List.of("result"), List.of("cancel")));
          order.forEach(step -> take(step, future));
          assertThat(future.cancelled()).isEqualTo(order.get(0).equals("cancel"));
        });
    // endregion
  }

  private static void transfer(int amount) {
    await(moment);
    assertThat(amount).isEqualTo(100);
  }

  @Test
  void shuffledLoop() {
    long seed = 7;
    // region javadoc ShufflingPoller
    try (IOLoop loop = ShufflingPoller.newLoop("nio", seed)) {
      loop.runSync(() -> transfer(100));
    }
    // endregion
  }

  @Test
  void expectedLog() {
    loop.addCallback(
        () -> {
          throw new IllegalStateException("expected");
        });
    loop.addCallback(loop::stop);
    // region javadoc ExpectLog
    try (ExpectLog log = expectLog("Exception in callback")) {
      loop.start();
      log.assertCount(1);
    }
    // endregion
  }

  private static IOLoop epoll() {
    assumeTrue(
        IOLoop.backends().stream()
            .filter(b -> b.name().equals("epoll"))
            .anyMatch(Backend::available),
        "no epoll here");
    return IOLoop.create("epoll");
  }

  @Test
  void nettyFutures() {
    try (IOLoop loop = epoll()) {
      EventLoop eventLoop = NettyIOLoop.eventLoop(loop);
      loop.runSync(
          () -> {
            // region javadoc NettyFutures
            int sum = await(NettyFutures.from(eventLoop.submit(() -> 2 + 3)));
            // endregion
            assertThat(sum).isEqualTo(5);
          });
    }
  }

  @Test
  void nettyLoop() throws Exception {
    try (IOLoop loop = epoll()) {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      ChannelInboundHandlerAdapter handler =
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
              context.close();
              loop.stop();
            }
          };
      // region javadoc NettyIOLoop
      EventLoop eventLoop = NettyIOLoop.eventLoop(loop);
      var server =
          new ServerBootstrap()
              .group(eventLoop) // an event loop is a group of one
              .channel(EpollServerSocketChannel.class) // the backend's own: "epoll"
              .childHandler(handler)
              .bind(address);
      // endregion
      server.addListener(
          bound -> {
            InetSocketAddress local = (InetSocketAddress) server.channel().localAddress();
            new Socket(local.getAddress(), local.getPort()).close();
          });
      loop.start();
      server.channel().close();
      loop.addCallback(loop::stop);
      loop.start();
    }
  }
}
