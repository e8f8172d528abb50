package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.netty.CoroutineHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.time.Duration;

/** One browser's WebSocket: it hears what its {@link Station} tells, and may say something. */
final class LiveHandler extends CoroutineHandler<TextWebSocketFrame> {
  /** How long one has to wait before one may say more. What comes meanwhile waits in the socket. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Station station;
  private final Relay relay;

  LiveHandler(Station station, Relay relay) {
    this.station = station;
    this.relay = relay;
  }

  @Override
  protected void handle(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
    ChatLine line = Messages.chatLine(frame.text());
    String fault = line == null ? "That is no message of the chat." : line.fault();
    if (line == null || fault != null) {
      notice(ctx, fault);
      return;
    }
    try {
      await(relay.say(line), RelayAwayException.class);
    } catch (RelayAwayException e) {
      notice(ctx, e.getMessage());
    }
    await(sleep(PAUSE));
  }

  private static void notice(ChannelHandlerContext ctx, String text) {
    ctx.writeAndFlush(new TextWebSocketFrame(Messages.notice(text)));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof HandshakeComplete) {
      station.join(ctx.channel());
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    station.leave(ctx.channel());
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    HttpHandler.endAfter(ctx, failure);
  }
}
