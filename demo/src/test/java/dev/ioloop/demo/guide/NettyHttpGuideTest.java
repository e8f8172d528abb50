package dev.ioloop.demo.guide;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;
import static dev.ioloop.Gen.sleep;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ioloop.Future;
import dev.ioloop.demo.serve.WholeRequests;
import dev.ioloop.netty.CoroutineHandler;
import dev.ioloop.testing.ExpectLog;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP handler of the guide to Netty servers. */
final class NettyHttpGuideTest extends Guide {
  private static final System.Logger LOG = System.getLogger(NettyHttpGuideTest.class.getName());

  /** Stands for the client of a database, which does not like one key. */
  private static final class Database {
    private final Map<String, String> values = Map.of("pi", "3.14", "e", "2.72");

    Future<String> get(String key) {
      return coroutine(
          () -> {
            await(sleep(Duration.ofMillis(1)));
            if (key.equals("bad")) {
              throw new IllegalStateException("no such table");
            }
            return values.getOrDefault(key, "unknown");
          });
    }
  }

  private static final Database database = new Database();

  // region netty-http-handler
  static final class Answers extends CoroutineHandler<FullHttpRequest> {
    @Override
    protected void handle(ChannelHandlerContext ctx, FullHttpRequest request) {
      FullHttpResponse response;
      try {
        response = answer(request);
      } catch (CancellationException e) {
        throw e; // The client has gone.
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "A request failed", e);
        response = text(INTERNAL_SERVER_ERROR, "That failed.");
      }
      if (request.decoderResult().isFailure()) {
        HttpUtil.setKeepAlive(response, false); // Who knows where the next one begins?
      }
      ctx.writeAndFlush(response);
    }

    private static FullHttpResponse answer(FullHttpRequest request) {
      HttpResponseStatus refusal = WholeRequests.refusal(request);
      if (refusal != null) {
        return text(refusal, "That is no request for this server.");
      }
      String key = new QueryStringDecoder(request.uri()).path().substring(1);
      return text(OK, await(database.get(key)));
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text + "\n", UTF_8));
      HttpUtil.setContentLength(response, response.content().readableBytes());
      return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
      if (!(failure instanceof IOException)) {
        LOG.log(System.Logger.Level.WARNING, "A connection failed", failure);
      }
      ctx.close();
    }
  }

  // endregion

  private final AtomicLong roomForBodies = new AtomicLong(8 * 1024 * 1024);
  private static final String BODY = "BODY";
  private EventLoopGroup group;
  private InetSocketAddress address;

  @BeforeEach
  void serve() throws Exception {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ChannelInitializer<Channel> initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            // region netty-http-pipeline
            channel
                .pipeline()
                .addLast(
                    new HttpServerCodec(),
                    new HttpServerKeepAliveHandler(),
                    new WholeRequests(64 * 1024, roomForBodies), // the largest body, and all
                    new Answers());
            // endregion
          }
        };
    address =
        (InetSocketAddress)
            new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(initializer)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel()
                .localAddress();
  }

  @AfterEach
  void shutDown() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Sends all of that at once, and returns what comes until the server closes the connection. */
  private String exchange(String requests) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(requests.replace("\n", "\r\n").getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).replace("\r", "");
    }
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\n\n";
  }

  private static String last(String path) {
    return "GET " + path + " HTTP/1.1\nConnection: close\n\n";
  }

  @Test
  void answersComeInOrderUntilTheClientHasEnough() throws Exception {
    try (ExpectLog log = new ExpectLog(NettyHttpGuideTest.class.getName(), "A request failed")) {
      String answers = exchange(get("/pi") + get("/bad") + get("/e") + last("/x") + get("/never"));
      assertThat(answers)
          .isEqualTo(
              """
              HTTP/1.1 200 OK
              content-length: 5

              3.14
              HTTP/1.1 500 Internal Server Error
              content-length: 13

              That failed.
              HTTP/1.1 200 OK
              content-length: 5

              2.72
              HTTP/1.1 200 OK
              content-length: 8
              connection: close

              unknown
              """);
      log.assertCount(1);
    }
  }

  @Test
  void headHasTheLengthAndNoBody() throws Exception {
    assertThat(exchange("HEAD /pi HTTP/1.1\n\n" + last("/e")))
        .isEqualTo(
            """
            HTTP/1.1 200 OK
            content-length: 5

            HTTP/1.1 200 OK
            content-length: 5
            connection: close

            2.72
            """);
  }

  @Test
  void bodiesAreAskedForAndBounded() throws Exception {
    String expecting = "POST /pi HTTP/1.1\nExpect: 100-continue\nContent-Length: ";
    assertThat(exchange(expecting + "2\n\nhi" + last("/e")))
        .startsWith("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n");
    assertThat(exchange(expecting + "70000\n\n"))
        .startsWith("HTTP/1.1 413 Request Entity Too Large\n")
        .contains("connection: close\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "413:Content-Length: 70000\n\n" + BODY,
        "413:Expect: 100-continue\nContent-Length: 70000\n\n",
        "413:Transfer-Encoding: chunked\n\n11170\n" + BODY + "\n0\n\n",
        "417:Expect: miracles\nContent-Length: 2\n\n"
      })
  void refusalsComeInTheirTurn(String statusAndRequest) throws Exception {
    String[] parts = statusAndRequest.split(":", 2);
    String refused = "POST /pi HTTP/1.1\n" + parts[1].replace(BODY, "x".repeat(70_000));
    assertThat(exchange(get("/e") + refused))
        .startsWith("HTTP/1.1 200 OK\ncontent-length: 5\n\n2.72\nHTTP/1.1 " + parts[0]);
  }

  @Test
  void connectionEndsBehindWhatIsNoRequest() throws Exception {
    assertThat(exchange("GET / HTTP/1.1\nno colon\n\n" + get("/pi")))
        .startsWith("HTTP/1.1 400 Bad Request\n")
        .contains("connection: close\n")
        .doesNotContain("200 OK");
  }
}
