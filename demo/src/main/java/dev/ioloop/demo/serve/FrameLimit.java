package dev.ioloop.demo.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Ends a WebSocket whose peer sends very many frames at once, or a message of very many parts. One
 * read can bring ten thousand frames, which take more memory than their bytes, and more time than
 * others should wait.
 */
final class FrameLimit extends ChannelInboundHandlerAdapter {
  /** How many frames a read may bring, and how many parts a message may have. */
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
