package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ioloop.Gen;
import dev.ioloop.demo.RedisServer;
import dev.ioloop.demo.serve.LentEventLoops;
import dev.ioloop.netty.CoroutineHandler;
import dev.ioloop.tck.OnEachGenerator;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others have written, awaited in the handlers of a server. */
@OnEachGenerator
final class SharedEventLoopsGuideTest {
  private static final int LOOPS = 2;

  @TempDir Path directory;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private EventLoopGroup group;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(Epoll.isAvailable(), "Lettuce takes epoll where it is");
    group = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
  }

  @AfterEach
  void shutDown() throws InterruptedException {
    if (group != null) {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
  }

  private InetSocketAddress serve(Supplier<CoroutineHandler<String>> handlers) throws Exception {
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new LineBasedFrameDecoder(1024))
                        .addLast(new StringDecoder(), new StringEncoder(), handlers.get());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    return (InetSocketAddress) server.localAddress();
  }

  private static String ask(InetSocketAddress address, String line) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
    }
  }

  @Test
  void redisIsAskedOnTheEventLoopsOfTheServer() throws Exception {
    int port = RedisServer.freePort();
    try (RedisServer server = RedisServer.start(port, directory, "")) {
      // region netty-lettuce-client
      System.setProperty("io.lettuce.core.iouring", "false"); // group is on epoll
      ClientResources resources =
          ClientResources.builder()
              .eventLoopGroupProvider(new LentEventLoops(group))
              .eventExecutorGroup(group)
              .build();
      RedisClient client = RedisClient.create(resources, RedisURI.create("127.0.0.1", port));
      RedisAsyncCommands<String, String> redis = client.connect().async();
      // endregion
      InetSocketAddress address =
          serve(
              () ->
                  new CoroutineHandler<>() {
                    @Override
                    protected void handle(ChannelHandlerContext ctx, String key) {
                      // region netty-lettuce-await
                      await(redis.incr(key));
                      String count = await(redis.get(key));
                      // endregion
                      threads.add(Thread.currentThread());
                      ctx.writeAndFlush(count + "\n");
                    }
                  });
      for (int i = 1; i <= 4; i++) {
        assertThat(ask(address, "visits")).isEqualTo(Integer.toString(i));
      }
      assertThat(redis.get("visits").get()).isEqualTo("4");
      client.shutdown();
      resources.shutdown().sync();
      assertThat(group.isShuttingDown()).isFalse();
      if (Gen.generator().equals("continuation")) {
        assertThat(threads).hasSizeLessThanOrEqualTo(LOOPS);
      }
    }
  }

  @Test
  void httpClientOfTheJdkIsAwaited() throws Exception {
    HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
    web.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    String base = "http://127.0.0.1:" + web.getAddress().getPort();
    HttpClient client = HttpClient.newHttpClient();
    try {
      InetSocketAddress address =
          serve(
              () ->
                  new CoroutineHandler<>() {
                    @Override
                    protected void handle(ChannelHandlerContext ctx, String path) {
                      HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).build();
                      HttpResponse<String> response =
                          await(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
                      ctx.writeAndFlush(response.body() + "\n");
                    }
                  });
      for (String path : List.of("/one", "/two", "/three")) {
        assertThat(ask(address, path)).isEqualTo(path);
      }
    } finally {
      web.stop(0);
    }
  }
}
