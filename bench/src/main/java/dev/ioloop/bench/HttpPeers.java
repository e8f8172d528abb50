package dev.ioloop.bench;

import static dev.ioloop.Gen.await;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.CoroutineHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * The same small HTTP server on Netty, with handlers of different kinds. Each answers "hello": at
 * once, or when another task of the event loop has completed a future.
 */
final class HttpPeers {
  static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  static final int RESPONSE_LENGTH = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".length();

  private static final ByteBuf HELLO =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer().writeBytes("hello".getBytes(StandardCharsets.US_ASCII)));
  private static final int MAX_LENGTH = 64 * 1024;

  private HttpPeers() {}

  /** Returns the pipeline of a peer. */
  static ChannelInitializer<Channel> pipeline(String peer) throws Exception {
    ExecutorService threads =
        peer.equals("http-virtual-thread") ? ServerPeers.newVirtualThreadPerTaskExecutor() : null;
    Supplier<ChannelHandler> handlers =
        switch (peer) {
          case "http-callback" -> Callback::new;
          case "http-coroutine" -> Coroutine::new;
          case "http-await-callback" -> AwaitingCallback::new;
          case "http-await-coroutine" -> AwaitingCoroutine::new;
          case "http-virtual-thread" -> () -> new OnVirtualThread(threads);
          default -> throw LoopBenchmark.unknown(peer);
        };
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel
            .pipeline()
            .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_LENGTH), handlers.get());
      }
    };
  }

  private static void answer(ChannelHandlerContext context) {
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, HELLO.duplicate());
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, HELLO.readableBytes());
    context.writeAndFlush(response, context.voidPromise());
  }

  private static final class Callback extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      answer(context);
    }
  }

  private static final class Coroutine extends CoroutineHandler<FullHttpRequest> {
    @Override
    protected void handle(ChannelHandlerContext context, FullHttpRequest request) {
      answer(context);
    }
  }

  private static final class AwaitingCallback extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      Promise<String> promise = context.executor().newPromise();
      context.executor().execute(() -> promise.setSuccess("come"));
      promise.addListener(done -> answer(context));
    }
  }

  private static final class AwaitingCoroutine extends CoroutineHandler<FullHttpRequest> {
    @Override
    protected void handle(ChannelHandlerContext context, FullHttpRequest request) {
      Future<String> future = new Future<>();
      IOLoop.current().addCallback(() -> future.setResult("come"));
      await(future);
      answer(context);
    }
  }

  private static final class OnVirtualThread extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final ExecutorService threads;

    OnVirtualThread(ExecutorService threads) {
      this.threads = threads;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      threads.execute(() -> answer(context));
    }
  }
}
