package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.locks.Semaphore;
import dev.ioloop.netty.CoroutineHandler;
import dev.ioloop.netty.NettyFutures;
import dev.ioloop.netty.NettyIOLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The guide to coroutines in Netty servers. */
final class NettyGuideTest extends Guide {

  /** Stands for the client of a database. */
  private static final class Database {
    private final Map<String, String> values = Map.of("pi", "3.14");

    Future<String> get(String key) {
      return coroutine(
          () -> {
            await(sleep(Duration.ofMillis(1)));
            return values.getOrDefault(key, "unknown");
          });
    }
  }

  private static final Database database = new Database();

  private static void ask(InetSocketAddress address, String key, String answer) throws Exception {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write((key + "\n").getBytes(UTF_8));
      byte[] bytes = socket.getInputStream().readNBytes(answer.length() + 1);
      assertThat(new String(bytes, UTF_8)).isEqualTo(answer + "\n");
    }
  }

  // region netty-handler
  static final class Lookups extends CoroutineHandler<String> {
    @Override
    protected void handle(ChannelHandlerContext ctx, String key) {
      String value = await(database.get(key));
      ctx.writeAndFlush(value + "\n");
    }
  }

  // endregion

  @Test
  void handlerInAServerThatIsThere() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    // region netty-server
    ChannelInitializer<Channel> pipeline =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast(new LineBasedFrameDecoder(1024), new StringDecoder(), new StringEncoder())
                .addLast(new Lookups()); // one for each channel
          }
        };
    // endregion
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(pipeline)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    ask((InetSocketAddress) server.localAddress(), "pi", "3.14");
    ask((InetSocketAddress) server.localAddress(), "e", "unknown");
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
  }

  // region javadoc CoroutineHandler
  final class Lookup extends CoroutineHandler<String> {
    @Override
    protected void handle(ChannelHandlerContext ctx, String key) {
      String value = await(database.get(key));
      ctx.writeAndFlush(value + "\n");
      await(whenWritable(ctx));
    }
  }

  // endregion

  @Test
  void javadocOfTheHandler() {
    // region netty-test
    // Its event loop is on this thread, and time passes when the test says so.
    EmbeddedChannel channel = new EmbeddedChannel(new Lookup());
    channel.freezeTime();
    channel.writeInbound("pi");
    channel.advanceTimeBy(1, TimeUnit.SECONDS); // what the database takes
    channel.runPendingTasks();
    System.out.print((String) channel.readOutbound());
    // endregion
    assertPrinted("3.14\n");
  }

  @Test
  void anythingElseOnAnEventLoop() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    EventLoop eventLoop = group.next();
    // region netty-loop
    IOLoop loop = NettyIOLoop.of(eventLoop);
    loop.spawnCallback(
        () -> {
          Semaphore two = new Semaphore(2); // at most two at a time
          await(two.acquire());
          try {
            int sum = await(NettyFutures.from(eventLoop.submit(() -> 2 + 3)));
            System.out.println(sum);
          } finally {
            two.release();
          }
        });
    // endregion
    eventLoop.submit(() -> null).sync();
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    assertPrinted("5\n");
  }
}
