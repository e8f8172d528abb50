package dev.ioloop.demo.serve;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

// region netty-http-whole
/** Hands on whole requests, and those to refuse as failed ones, to be answered in their turn. */
public final class WholeRequests extends HttpObjectAggregator {
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    private final transient HttpResponseStatus status;

    Refusal(HttpResponseStatus status) {
      super(status.toString(), null, false, false); // A peer can have many of them.
      this.status = status;
    }
  }

  /** A request that is too large, whose body still comes. */
  private @Nullable FullHttpRequest refused;

  public WholeRequests(int maxBody) {
    super(maxBody);
  }

  /** Returns the status with which to refuse a request, or null if it came whole. */
  public static @Nullable HttpResponseStatus refusal(FullHttpRequest request) {
    if (request.decoderResult().isSuccess()) {
      return null;
    }
    return request.decoderResult().cause() instanceof Refusal refusal
        ? refusal.status
        : HttpResponseStatus.BAD_REQUEST;
  }

  @Override
  protected @Nullable Object newContinueResponse(
      HttpMessage start, int maxBody, ChannelPipeline pipeline) {
    return isContentLengthInvalid(start, maxBody)
        ? null
        : super.newContinueResponse(start, maxBody, pipeline);
  }

  @Override
  protected boolean isContentLengthInvalid(HttpMessage start, int maxBody) {
    return super.isContentLengthInvalid(start, maxBody) || expectsTheUnknown(start);
  }

  private static boolean expectsTheUnknown(HttpMessage start) {
    return start.headers().contains(HttpHeaderNames.EXPECT)
        && start.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0
        && !HttpUtil.is100ContinueExpected(start);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    HttpRequest start = (HttpRequest) oversized;
    refused =
        new DefaultFullHttpRequest(
            start.protocolVersion(),
            start.method(),
            start.uri(),
            Unpooled.EMPTY_BUFFER,
            start.headers().copy(),
            EmptyHttpHeaders.INSTANCE);
    refused.setDecoderResult(
        DecoderResult.failure(
            new Refusal(
                expectsTheUnknown(start)
                    ? HttpResponseStatus.EXPECTATION_FAILED
                    : HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)));
    if (start.headers().contains(HttpHeaderNames.EXPECT)) {
      handOn(ctx); // The client waits with the body.
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, HttpObject message, List<Object> out)
      throws Exception {
    super.decode(ctx, message, out);
    if (refused != null && message instanceof LastHttpContent) {
      handOn(ctx); // Not before: an end while bytes are unread takes the answer away.
    }
  }

  private void handOn(ChannelHandlerContext ctx) {
    FullHttpRequest request = refused;
    refused = null;
    ctx.fireChannelRead(request);
  }
}
// endregion
