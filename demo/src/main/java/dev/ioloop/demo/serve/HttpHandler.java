package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.withTimeout;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.demo.AsynSum;
import dev.ioloop.netty.CoroutineHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one connection: a coroutine for each, one after the other. */
final class HttpHandler extends CoroutineHandler<FullHttpRequest> {
  private static final System.Logger LOG = System.getLogger(HttpHandler.class.getName());
  private static final SeldomLog FAILED_REQUESTS = new SeldomLog(LOG);
  private static final SeldomLog FAILED_CONNECTIONS = new SeldomLog(LOG);
  private static final SeldomLog TOO_FAR_AHEAD = new SeldomLog(LOG);
  private static final String LIVE = "/live";
  private static final String VERSION = "13";

  private final Serve server;
  private final Station station;
  private final RequestDeadline deadline;

  /**
   * Makes one for a connection.
   *
   * @param deadline the connection's deadline
   */
  HttpHandler(Serve server, Station station, RequestDeadline deadline) {
    this.server = server;
    this.station = station;
    this.deadline = deadline;
  }

  @Override
  protected void handle(ChannelHandlerContext ctx, FullHttpRequest request) {
    FullHttpResponse response = answerOrFailure(ctx, request);
    if (response == null) {
      return; // The connection is a WebSocket now.
    }
    send(ctx, request, response);
    if (server.isClosing()) {
      endIfIdle(ctx);
    }
  }

  private void send(ChannelHandlerContext ctx, HttpRequest request, FullHttpResponse response) {
    if (server.isClosing() || endsTheConnection(response.status())) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.content().clear();
    }
    try {
      await(withTimeout(server.limits().request(), send(ctx, response)));
    } catch (LoopTimeoutException e) {
      ctx.close();
    }
  }

  /** Returns whether the begin of the next request, or the end of this one, is unknown. */
  private static boolean endsTheConnection(HttpResponseStatus status) {
    return switch (status.code()) {
      case 400, 413, 414, 417, 431, 500, 503 -> true;
      default -> false;
    };
  }

  /**
   * Sends a message. The returned future is done when all of it is sent, or when the client has
   * gone.
   */
  static Future<@Nullable Void> send(ChannelHandlerContext ctx, Object message) {
    Future<@Nullable Void> sent = new Future<>();
    ctx.writeAndFlush(message)
        .addListener(
            written -> {
              if (!written.isSuccess() && ctx.channel().isActive()) {
                ctx.pipeline().fireExceptionCaught(written.cause());
              }
              sent.setResult(null);
            });
    return sent;
  }

  private @Nullable FullHttpResponse answerOrFailure(
      ChannelHandlerContext ctx, FullHttpRequest request) {
    try {
      return answer(ctx, request);
    } catch (CancellationException e) {
      throw e; // The client has gone.
    } catch (RuntimeException e) {
      FAILED_REQUESTS.log(System.Logger.Level.WARNING, "A request failed", e);
      return Assets.text(
          HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "This failed. The server's log has the reason.");
    }
  }

  private @Nullable FullHttpResponse answer(ChannelHandlerContext ctx, FullHttpRequest request) {
    HttpResponseStatus status = WholeRequests.refusal(request);
    if (status != null) {
      return status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
          ? busy()
          : Assets.text(status, "This server does not serve such requests.");
    }
    String refusal = server.access().refusal(request);
    if (refusal != null) {
      return Assets.text(HttpResponseStatus.FORBIDDEN, refusal);
    }
    String path = new QueryStringDecoder(request.uri()).rawPath();
    return switch (path) {
      case "/asyn-sum" -> asynSum(request);
      case LIVE -> live(ctx, request);
      default -> asset(request, path);
    };
  }

  private FullHttpResponse asset(HttpRequest request, String path) {
    FullHttpResponse response = server.assets().find(path);
    if (response == null) {
      return Assets.text(HttpResponseStatus.NOT_FOUND, "There is nothing at this path.");
    }
    boolean get =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    return get ? response : notAllowed("GET, HEAD");
  }

  /** Runs the example of this name on this connection's loop, and returns its output. */
  private FullHttpResponse asynSum(HttpRequest request) {
    if (!request.method().equals(HttpMethod.POST)) {
      return notAllowed("POST");
    }
    String refusal = server.access().refusalToAct(request);
    if (refusal != null) {
      return Assets.text(HttpResponseStatus.FORBIDDEN, refusal);
    }
    List<String> lines = new ArrayList<>();
    await(new AsynSum(line -> lines.add(line.toString())).start(IOLoop.current()));
    return Assets.text(HttpResponseStatus.OK, String.join("\n", lines));
  }

  private @Nullable FullHttpResponse live(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (!request
        .headers()
        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
      FullHttpResponse response =
          Assets.text(HttpResponseStatus.UPGRADE_REQUIRED, "This is a WebSocket.");
      response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
      return response;
    }
    String refusal = server.access().refusalToAct(request);
    if (refusal != null) {
      return Assets.text(HttpResponseStatus.FORBIDDEN, refusal);
    }
    if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION, true)) {
      FullHttpResponse response =
          Assets.text(HttpResponseStatus.UPGRADE_REQUIRED, "This is a WebSocket of version 13.");
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
      return response;
    }
    if (!server.admitWebSocket(ctx.channel())) {
      return busy();
    }
    int max = server.limits().messageBytes();
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(max).build();
    ChannelFuture shaken;
    try {
      shaken =
          new WebSocketServerHandshaker13(LIVE, null, config).handshake(ctx.channel(), request);
    } catch (WebSocketServerHandshakeException e) {
      return Assets.text(HttpResponseStatus.BAD_REQUEST, "That is not a WebSocket handshake.");
    }
    LiveHandler live = new LiveHandler(station, server.relay(), max);
    long idle = server.limits().idle().toMillis();
    ctx.pipeline()
        .addLast(
            new FrameLimit(),
            new WebSocketFrameAggregator(max),
            new IdleStateHandler(idle, 0, 0, TimeUnit.MILLISECONDS),
            live);
    ctx.pipeline().remove(deadline);
    ctx.pipeline().remove(HttpServerKeepAliveHandler.class);
    ctx.pipeline().remove(this);
    await((Object) shaken);
    live.join(ctx.channel());
    return null;
  }

  private static FullHttpResponse busy() {
    return Assets.text(
        HttpResponseStatus.SERVICE_UNAVAILABLE, "Too many clients are connected. Try again.");
  }

  private static FullHttpResponse notAllowed(String allowed) {
    FullHttpResponse response =
        Assets.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Only " + allowed + " is allowed here.");
    response.headers().set(HttpHeaderNames.ALLOW, allowed);
    return response;
  }

  /** Ends a connection without a request under way, when the server ends. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == Serve.Closing.EVENT) {
      endIfIdle(ctx);
    }
    super.userEventTriggered(ctx, event);
  }

  private void endIfIdle(ChannelHandlerContext ctx) {
    if (!deadline.isAnswerDue()) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    endAfter(ctx, failure);
  }

  /** Closes a connection that failed. Failures caused by the peer are not logged. */
  static void endAfter(ChannelHandlerContext ctx, Throwable failure) {
    if (failure instanceof DecoderException
        && failure.getCause() instanceof IllegalStateException) {
      // HttpServerCodec says this only when it would have to remember too many requests.
      TOO_FAR_AHEAD.log(
          System.Logger.Level.INFO,
          "Closed the connection of "
              + ctx.channel().remoteAddress()
              + ", which has sent more than "
              + Serve.MAX_REQUESTS_AHEAD
              + " requests ahead");
    } else if (!(failure instanceof IOException || failure instanceof CodecException)) {
      FAILED_CONNECTIONS.log(
          System.Logger.Level.WARNING,
          "The connection of " + ctx.channel().remoteAddress() + " failed: " + failure);
    }
    ctx.close();
  }
}
