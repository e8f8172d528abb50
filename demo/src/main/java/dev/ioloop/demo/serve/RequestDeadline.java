package dev.ioloop.demo.serve;

import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose next request is not complete in time. The time runs from the start of
 * the connection, or from the end of the last answer.
 */
final class RequestDeadline extends ChannelDuplexHandler {
  private final IOLoop loop;
  private final Duration limit;
  private @Nullable Timeout timeout;

  /**
   * The number of complete requests without an answer; negative while an incomplete request is
   * refused.
   */
  private int unanswered;

  RequestDeadline(IOLoop loop, Duration limit) {
    this.loop = loop;
    this.limit = limit;
  }

  /** Returns whether a complete request has no answer yet. Called on the event loop. */
  boolean isAnswerDue() {
    return unanswered > 0;
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
      if (unanswered > 0) {
        end();
      }
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof LastHttpContent && !isInformational(message)) {
      unanswered--;
      if (unanswered <= 0) {
        begin(ctx);
      }
    }
    ctx.write(message, promise);
  }

  /** Returns whether this is a 100, so that the answer is still to come. */
  private static boolean isInformational(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
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
