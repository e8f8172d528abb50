package dev.ioloop.demo.serve;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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

  /** A whole request. Releasing it gives back the room that its body has taken. */
  private static final class Whole extends DefaultFullHttpRequest {
    private final AtomicLong room;
    private final int taken;

    Whole(FullHttpRequest request, AtomicLong room, int taken) {
      super(
          request.protocolVersion(),
          request.method(),
          request.uri(),
          request.content(),
          request.headers(),
          request.trailingHeaders());
      setDecoderResult(request.decoderResult());
      this.room = room;
      this.taken = taken;
    }

    @Override
    public boolean release() {
      return release(1);
    }

    @Override
    public boolean release(int decrement) {
      boolean last = super.release(decrement);
      if (last) {
        room.addAndGet(taken);
      }
      return last;
    }
  }

  /** What a part of a body takes beside its bytes, until there are so many that they become one. */
  private static final int EACH = 256;

  private final AtomicLong room;

  /** What the body that comes has taken of the room. */
  private int taken;

  private int parts;

  /** A request that is refused, whose body still comes. */
  private @Nullable FullHttpRequest refused;

  /**
   * Makes one for a connection.
   *
   * @param maxBody the largest body, in bytes
   * @param room how much more memory bodies may take that come, or wait for their answer; shared by
   *     all connections
   */
  public WholeRequests(int maxBody, AtomicLong room) {
    super(maxBody);
    this.room = room;
  }

  /** Returns the status with which to refuse a request, or null if it came whole. */
  public static @Nullable HttpResponseStatus refusal(FullHttpRequest request) {
    if (request.decoderResult().isSuccess()) {
      return null;
    }
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof Refusal refusal) {
      return refusal.status;
    } else if (cause instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    } else if (cause instanceof TooLongHttpHeaderException) {
      return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    return HttpResponseStatus.BAD_REQUEST;
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
    refuse(
        start,
        expectsTheUnknown(start)
            ? HttpResponseStatus.EXPECTATION_FAILED
            : HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
    if (start.headers().contains(HttpHeaderNames.EXPECT)) {
      handOn(ctx); // The client waits with the body.
    }
  }

  private void refuse(HttpRequest start, HttpResponseStatus status) {
    giveBack();
    refused =
        new DefaultFullHttpRequest(
            start.protocolVersion(),
            start.method(),
            start.uri(),
            Unpooled.EMPTY_BUFFER,
            start.headers().copy(),
            EmptyHttpHeaders.INSTANCE);
    refused.setDecoderResult(DecoderResult.failure(new Refusal(status)));
  }

  @Override
  public boolean acceptInboundMessage(Object message) throws Exception {
    return super.acceptInboundMessage(message)
        || refused != null && message instanceof HttpContent; // which goes by
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, HttpObject message, List<Object> out)
      throws Exception {
    if (message instanceof HttpContent part && refused == null && !takeRoom(part)) {
      giveUp(ctx, out);
    } else {
      super.decode(ctx, message, out);
    }
    if (message instanceof LastHttpContent) {
      if (refused != null) {
        handOn(ctx); // Not before: an end while bytes are unread takes the answer away.
      } else if (taken > 0) {
        out.add(new Whole((FullHttpRequest) out.remove(out.size() - 1), room, taken));
        taken = 0;
      }
      parts = 0;
    }
  }

  private boolean takeRoom(HttpContent part) {
    int size = part.content().readableBytes();
    if (size == 0) {
      return true;
    }
    int more = parts++ < maxCumulationBufferComponents() ? size + EACH : size;
    if (room.addAndGet(-more) < 0) {
      room.addAndGet(more);
      return false;
    }
    taken += more;
    return true;
  }

  /** Lets go of what has come of a body for which there is no more room. */
  private void giveUp(ChannelHandlerContext ctx, List<Object> out) throws Exception {
    super.decode(ctx, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER), out);
    FullHttpRequest begun = (FullHttpRequest) out.remove(out.size() - 1);
    refuse(begun, HttpResponseStatus.SERVICE_UNAVAILABLE);
    begun.release();
  }

  private void giveBack() {
    room.addAndGet(taken);
    taken = 0;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    giveBack();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
    super.handlerRemoved(ctx);
    giveBack();
  }

  private void handOn(ChannelHandlerContext ctx) {
    FullHttpRequest request = refused;
    refused = null;
    ctx.fireChannelRead(request);
  }
}
// endregion
