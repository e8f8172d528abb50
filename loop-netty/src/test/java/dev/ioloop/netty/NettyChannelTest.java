package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.testing.VirtualTimePoller;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Plain Netty channels that live on a loop which {@code start()} runs. */
class NettyChannelTest {

  abstract static class Contract extends LoopContract {
    abstract Class<? extends ServerChannel> serverChannel();

    abstract Class<? extends Channel> clientChannel();

    /** Sends back what it gets, and records on which threads. */
    private final class Echo extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        events.add(Thread.currentThread().getName());
        events.add(IOLoop.current(false) == loop);
        context.writeAndFlush(message);
      }
    }

    private ChannelFuture bind() {
      return new ServerBootstrap()
          .group(NettyIOLoop.eventLoop(loop))
          .channel(serverChannel())
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  channel.pipeline().addLast(new Echo());
                }
              })
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void handlerServesBytesOnTheLoopsThread() throws Exception {
      ChannelFuture bound = bind();
      loop.addCallback(() -> Thread.currentThread().setName("the loop"));
      bound.addListener(
          done -> {
            InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
            new Thread(
                    () -> {
                      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                        socket.getOutputStream().write("ping".getBytes(US_ASCII));
                        events.add(new String(socket.getInputStream().readNBytes(4), US_ASCII));
                      } catch (Exception e) {
                        events.add(e);
                      }
                      loop.addCallback(loop::stop);
                    })
                .start();
          });
      loop.start();
      bound.channel().close();
      assertThat(events).containsExactly("the loop", true, "ping");
    }

    @Test
    void coroutineAwaitsWhatChannelsDo() {
      loop.runSync(
          () -> {
            ChannelFuture bound = bind();
            await((Object) bound);
            SocketAddress address = bound.channel().localAddress();
            ChannelFuture connected = connect(address);
            await((Object) connected);
            events.add(connected.channel().isActive());
            await((Object) connected.channel().close());
            events.add(connected.channel().isActive());
            await((Object) bound.channel().close());
            assertThatThrownBy(() -> await((Object) connect(address)))
                .isInstanceOf(ConnectException.class);
          });
      assertThat(events).containsExactly(true, false);
    }

    private ChannelFuture connect(SocketAddress address) {
      return new Bootstrap()
          .group(NettyIOLoop.eventLoop(loop))
          .channel(clientChannel())
          .handler(new ChannelInboundHandlerAdapter())
          .connect(address);
    }

    /** The thread that ran the loop is dead when it is closed, and reads of its are under way. */
    @Test
    void closeByAnotherThreadClosesItsChannels() throws Exception {
      ChannelFuture bound = bind();
      ChannelFuture connected =
          onOtherThread(
              () ->
                  loop.runSync(
                      () -> {
                        await((Object) bound);
                        ChannelFuture connecting = connect(bound.channel().localAddress());
                        await((Object) connecting);
                        return connecting;
                      }));
      loop.close();
      assertThat(connected.channel().isOpen()).isFalse();
      assertThat(bound.channel().isOpen()).isFalse();
    }

    @Test
    void closeOfTheLoopClosesItsChannels() {
      ChannelFuture bound = bind();
      loop.runSync(() -> await((Object) bound));
      loop.close();
      assertThat(bound.channel().isOpen()).isFalse();
    }
  }

  @Nested
  class Epoll extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new EpollProvider());
    }

    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("epoll");
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return EpollServerSocketChannel.class;
    }

    @Override
    Class<? extends Channel> clientChannel() {
      return EpollSocketChannel.class;
    }
  }

  @Nested
  class IoUring extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new IoUringProvider());
    }

    @Override
    protected IOLoop newLoop() {
      return IOLoop.create("io_uring");
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return IoUringServerSocketChannel.class;
    }

    @Override
    Class<? extends Channel> clientChannel() {
      return IoUringSocketChannel.class;
    }
  }

  @Test
  void loopWithoutNettyHasNoEventLoop() {
    try (IOLoop loop = IOLoop.create("virtual", new VirtualTimePoller())) {
      assertThatThrownBy(() -> NettyIOLoop.eventLoop(loop))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("virtual");
    }
  }
}
