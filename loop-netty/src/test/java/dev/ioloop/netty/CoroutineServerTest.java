package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.moment;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.OnEachGenerator;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Coroutines as handlers of a real server, on each transport. */
class CoroutineServerTest {

  @OnEachGenerator
  @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
  abstract static class Contract {
    private EventLoopGroup group;
    private InetSocketAddress address;

    abstract IoHandlerFactory factory();

    abstract Class<? extends ServerChannel> serverChannel();

    @BeforeAll
    static void findLeaks() {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    private void serve(CoroutineHandlerFactory handlers) throws InterruptedException {
      group = new MultiThreadIoEventLoopGroup(1, factory());
      address =
          (InetSocketAddress)
              new ServerBootstrap()
                  .group(group)
                  .channel(serverChannel())
                  .childHandler(
                      new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                          channel.pipeline().addLast(handlers.make());
                        }
                      })
                  .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                  .sync()
                  .channel()
                  .localAddress();
    }

    private interface CoroutineHandlerFactory {
      CoroutineHandler<ByteBuf> make();
    }

    private Socket connect() throws Exception {
      return new Socket(address.getAddress(), address.getPort());
    }

    @AfterEach
    void shutDown() {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Awaits before and after it writes, and hands on a message of its own. */
    private static final class Echo extends CoroutineHandler<ByteBuf> {
      @Override
      protected void handle(ChannelHandlerContext ctx, ByteBuf message) {
        await(moment);
        await((Object) ctx.writeAndFlush(message.retain()));
        await(whenWritable(ctx));
      }
    }

    @Test
    void bytesComeBackInOrder() throws Exception {
      serve(Echo::new);
      byte[] sent = new byte[1 << 20];
      for (int i = 0; i < sent.length; i++) {
        sent[i] = (byte) (i * 31 + (i >> 8));
      }
      try (Socket socket = connect()) {
        Thread writer =
            new Thread(
                () -> {
                  try {
                    OutputStream out = socket.getOutputStream();
                    for (int i = 0; i < sent.length; i += 1024) {
                      out.write(sent, i, 1024);
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
        writer.start();
        assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        writer.join();
      }
    }

    /** Makes a message of each byte, so that one read brings many. */
    private static final class ByteDecoder extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        while (bytes.isReadable()) {
          ctx.fireChannelRead(bytes.readRetainedSlice(1));
        }
        bytes.release();
      }
    }

    /** As a handler that is served, behind one that makes a message of each byte. */
    private abstract static class OfBytes extends CoroutineHandler<ByteBuf> {
      @Override
      public void handlerAdded(ChannelHandlerContext ctx) {
        super.handlerAdded(ctx);
        ctx.pipeline().addFirst(new ByteDecoder());
      }
    }

    private static void answer(ChannelHandlerContext ctx, char answer) {
      ctx.writeAndFlush(Unpooled.copiedBuffer(new char[] {answer}, US_ASCII));
    }

    @Test
    void answersAndFailuresKeepTheOrderOfTheMessages() throws Exception {
      serve(
          () ->
              new OfBytes() {
                @Override
                protected void handle(ChannelHandlerContext ctx, ByteBuf message) {
                  char kind = (char) message.getByte(0);
                  if (kind == 's' || kind == 'B') {
                    await(moment);
                  }
                  if (kind == 'b' || kind == 'B') {
                    throw new IllegalStateException("bad");
                  }
                  answer(ctx, kind);
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  answer(ctx, '!');
                }
              });
      try (Socket socket = connect()) {
        socket.getOutputStream().write("absbBsaBabs".getBytes(US_ASCII));
        byte[] answers = socket.getInputStream().readNBytes(11);
        assertThat(new String(answers, US_ASCII)).isEqualTo("a!s!!sa!a!s");
      }
    }

    private interface Ending {
      void end(ChannelHandlerContext ctx, ByteBuf message);
    }

    /** Sends three messages in one segment, the first of which ends the channel. */
    private void assertNothingIsBegunBehind(Ending ending) throws Exception {
      Queue<Character> begun = new ConcurrentLinkedQueue<>();
      serve(
          () ->
              new OfBytes() {
                @Override
                protected void handle(ChannelHandlerContext ctx, ByteBuf message) {
                  begun.add((char) message.getByte(0));
                  ending.end(ctx, message);
                }
              });
      try (Socket socket = connect()) {
        socket.getOutputStream().write("abc".getBytes(US_ASCII));
        assertThatCode(() -> socket.getInputStream().readAllBytes())
            .satisfiesAnyOf(
                read -> assertThat(read).isNull(),
                read -> assertThat(read).isInstanceOf(SocketException.class));
      }
      group.next().submit(() -> {}).sync(); // Whatever was to begin has done so.
      assertThat(begun).containsExactly('a');
    }

    @Test
    void nothingIsBegunBehindAMessageThatClosesTheChannel() throws Exception {
      assertNothingIsBegunBehind((ctx, message) -> ctx.close());
    }

    @Test
    void nothingIsBegunBehindAnAnswerThatClosesTheChannel() throws Exception {
      assertNothingIsBegunBehind(
          (ctx, message) ->
              await(
                  (Object)
                      ctx.writeAndFlush(message.retain())
                          .addListener(ChannelFutureListener.CLOSE)));
    }

    @Test
    void endOfAPeerThatWaitsForItsAnswerCancelsTheCoroutine() throws Exception {
      CompletableFuture<Object> outcome = new CompletableFuture<>();
      CompletableFuture<String> begun = new CompletableFuture<>();
      serve(
          () ->
              new CoroutineHandler<>() {
                @Override
                protected void handle(ChannelHandlerContext ctx, ByteBuf message) {
                  begun.complete(message.toString(US_ASCII));
                  try {
                    await(new Future<>());
                  } catch (CancellationException e) {
                    outcome.complete(IOLoop.current().stats().coroutinesSuspended());
                    throw e;
                  }
                }
              });
      try (Socket socket = connect()) {
        socket.getOutputStream().write('?');
        assertThat(begun.get()).isEqualTo("?");
      }
      assertThat(outcome.get()).isEqualTo(0);
    }

    @Test
    void resetCancelsTheCoroutine() throws Exception {
      CompletableFuture<String> outcome = new CompletableFuture<>();
      CompletableFuture<String> begun = new CompletableFuture<>();
      serve(
          () ->
              new CoroutineHandler<>() {
                @Override
                protected void handle(ChannelHandlerContext ctx, ByteBuf message) {
                  begun.complete("");
                  try {
                    await(new Future<>());
                  } catch (CancellationException e) {
                    outcome.complete("cancelled");
                    throw e;
                  }
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  ctx.close(); // Of the reset, on transports that tell.
                }
              });
      try (Socket socket = connect()) {
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write('?');
        begun.get();
      }
      assertThat(outcome.get()).isEqualTo("cancelled");
    }
  }

  @Nested
  class Epoll extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new EpollProvider());
    }

    @Override
    IoHandlerFactory factory() {
      return EpollIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return EpollServerSocketChannel.class;
    }
  }

  @Nested
  class IoUring extends Contract {
    @BeforeAll
    static void skipWhereThereIsNone() {
      Pollers.assumeAvailable(new IoUringProvider());
    }

    @Override
    IoHandlerFactory factory() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return IoUringServerSocketChannel.class;
    }
  }

  @Nested
  class Nio extends Contract {
    @Override
    IoHandlerFactory factory() {
      return NioIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return NioServerSocketChannel.class;
    }
  }
}
