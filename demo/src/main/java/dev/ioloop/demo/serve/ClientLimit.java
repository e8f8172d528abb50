package dev.ioloop.demo.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses connections when there are enough: the first handler of every connection. */
@ChannelHandler.Sharable
final class ClientLimit extends ChannelInboundHandlerAdapter {
  private static final byte[] FULL =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(US_ASCII);

  private final int max;
  private final AtomicInteger present = new AtomicInteger();

  ClientLimit(int max) {
    this.max = max;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (present.incrementAndGet() > max) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.fireChannelActive();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    present.decrementAndGet();
    ctx.fireChannelInactive();
  }
}
