package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.withTimeout;

import dev.ioloop.IOLoop;
import dev.ioloop.LoopTimeoutException;
import dev.ioloop.demo.AsynSum;
import dev.ioloop.netty.CoroutineHandler;
import dev.ioloop.netty.NettyFutures;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CodecException;
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
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one connection: a coroutine for each, one after the other. */
final class HttpHandler extends CoroutineHandler<FullHttpRequest> {
  private static final System.Logger LOG = System.getLogger(HttpHandler.class.getName());
  private static final String LIVE = "/live";

  private final Serve server;
  private final Station station;

  HttpHandler(Serve server, Station station) {
    this.server = server;
    this.station = station;
  }

  @Override
  protected void handle(ChannelHandlerContext ctx, FullHttpRequest request) {
    FullHttpResponse response = answer(ctx, request);
    if (response == null) {
      return; // It is a WebSocket's now.
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.content().clear();
    }
    try {
      await(withTimeout(server.limits().request(), NettyFutures.from(ctx.writeAndFlush(response))));
    } catch (LoopTimeoutException e) {
      ctx.close();
    }
  }

  private @Nullable FullHttpResponse answer(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Assets.text(HttpResponseStatus.BAD_REQUEST, "That is no request of HTTP/1.1.");
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
      return Assets.text(HttpResponseStatus.NOT_FOUND, "There is nothing with that path.");
    }
    boolean get =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    return get ? response : notAllowed("GET, HEAD");
  }

  /** Runs the example of that name, on this connection's loop, and returns what it prints. */
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
    int max = server.limits().messageBytes();
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath(LIVE)
            .checkStartsWith(true) // and what follows a question mark
            .decoderConfig(WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(max).build())
            .build();
    ctx.pipeline().remove(RequestDeadline.class);
    ctx.pipeline().remove(HttpServerKeepAliveHandler.class);
    ctx.pipeline()
        .addLast(
            new WebSocketServerProtocolHandler(config),
            new WebSocketFrameAggregator(max),
            new LiveHandler(station, server.relay()));
    ctx.fireChannelRead(request.retain());
    return null;
  }

  private static FullHttpResponse notAllowed(String allowed) {
    FullHttpResponse response =
        Assets.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "This takes " + allowed + " only.");
    response.headers().set(HttpHeaderNames.ALLOW, allowed);
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    endAfter(ctx, failure);
  }

  /** Closes a connection that failed. What its peer has done to it is not worth a line. */
  static void endAfter(ChannelHandlerContext ctx, Throwable failure) {
    if (!(failure instanceof IOException || failure instanceof CodecException)) {
      LOG.log(System.Logger.Level.WARNING, "A connection failed", failure);
    }
    ctx.close();
  }
}
