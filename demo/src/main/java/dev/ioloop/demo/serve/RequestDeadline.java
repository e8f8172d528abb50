package dev.ioloop.demo.serve;

import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose next request is not complete in time, however slowly it comes in. The
 * time runs from the connection's begin, or from the end of the last answer.
 */
final class RequestDeadline extends ChannelDuplexHandler {
  private final IOLoop loop;
  private final Duration limit;
  private @Nullable Timeout timeout;

  /** Requests that are complete and have no answer yet. */
  private int unanswered;

  RequestDeadline(IOLoop loop, Duration limit) {
    this.loop = loop;
    this.limit = limit;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof LastHttpContent) {
      unanswered++;
      end();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof LastHttpContent) {
      unanswered = Math.max(0, unanswered - 1);
      if (unanswered == 0) {
        begin(ctx);
      }
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void begin(ChannelHandlerContext ctx) {
    end();
    if (ctx.channel().isActive()) {
      timeout = loop.callLater(limit, ctx::close);
    }
  }

  private void end() {
    if (timeout != null) {
      loop.removeTimeout(timeout);
      timeout = null;
    }
  }
}
