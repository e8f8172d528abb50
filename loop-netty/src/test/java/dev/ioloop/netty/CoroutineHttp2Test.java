package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.tck.OnEachGenerator;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Coroutines as handlers of the streams of HTTP/2 connections. */
@OnEachGenerator
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class CoroutineHttp2Test {
  private static final int FRAMES = 5;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  /** The stream's channel at the server. */
  private volatile Channel served;

  private EventLoopGroup group;
  private Channel connection;

  /** Waits for ever with the first frame, so that the others have to wait. */
  private final class Waiting extends CoroutineHandler<Http2StreamFrame> {
    @Override
    protected void handle(ChannelHandlerContext ctx, Http2StreamFrame frame) {
      served = ctx.channel();
      events.add("begun");
      try {
        await(new Future<>());
      } catch (CancellationException e) {
        events.add("cancelled");
        throw e;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add(cause.toString());
    }
  }

  private static ChannelHandler initializer(List<ChannelHandler> handlers) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handlers.toArray(ChannelHandler[]::new));
      }
    };
  }

  @BeforeEach
  void connect() throws Exception {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChannelHandler stream =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Waiting());
          }
        };
    InetSocketAddress address =
        (InetSocketAddress)
            new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                    initializer(
                        List.of(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(stream))))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
    connection =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                initializer(
                    List.of(
                        Http2FrameCodecBuilder.forClient().build(),
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))))
            .connect(address)
            .sync()
            .channel();
  }

  @AfterEach
  void shutDown() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Opens a stream, sends more on it than its handler takes, and waits until that has begun. */
  private Http2StreamChannel request() throws Exception {
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(new ChannelInboundHandlerAdapter())
            .open()
            .sync()
            .getNow();
    stream.writeAndFlush(
        new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("POST").path("/")));
    for (int i = 0; i < FRAMES; i++) {
      stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(new byte[] {1}))).sync();
    }
    assertThat(events.take()).isEqualTo("begun");
    return stream;
  }

  private void assertCancelledAndClosed() throws InterruptedException {
    assertThat(events.take()).isEqualTo("cancelled");
    served.closeFuture().sync();
    served.eventLoop().submit(() -> {}).sync();
    assertThat(events).isEmpty();
  }

  @Test
  void resetOfTheStreamCancelsTheCoroutineAlthoughFramesWait() throws Exception {
    Http2StreamChannel stream = request();
    stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).sync();
    assertCancelledAndClosed();
  }

  @Test
  void closeOfTheConnectionCancelsTheCoroutineAlthoughFramesWait() throws Exception {
    request();
    connection.close().sync();
    assertCancelledAndClosed();
  }
}
