package dev.ioloop.demo.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Ends a WebSocket whose peer sends very many frames at once, or a message of very many parts. One
 * read can bring ten thousand frames, which take more memory than their bytes and would make others
 * wait too long.
 */
final class FrameLimit extends ChannelInboundHandlerAdapter {
  /** The most frames in one read, and the most parts of a message. */
  static final int MAX = 64;

  private int read;
  private int parts;
  private boolean ended;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof WebSocketFrame frame) {
      read++;
      if (frame instanceof ContinuationWebSocketFrame) {
        parts = frame.isFinalFragment() ? 0 : parts + 1;
      }
    }
    if (!ended && read <= MAX && parts <= MAX) {
      ctx.fireChannelRead(message);
      return;
    }
    ReferenceCountUtil.release(message);
    if (!ended) {
      ended = true;
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    read = 0;
    ctx.fireChannelReadComplete();
  }
}
