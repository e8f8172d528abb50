package dev.ioloop.demo.serve;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.sleep;

import dev.ioloop.netty.CoroutineHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.time.Duration;

/**
 * One browser's WebSocket: it receives the messages of its {@link Station}, and may send some. All
 * frames come here, even pings: Netty's own handler reads on and answers them no matter how much is
 * unsent.
 */
final class LiveHandler extends CoroutineHandler<WebSocketFrame> {
  /** The pause between two messages of one browser. Further ones wait in the socket. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Station station;
  private final Relay relay;
  private final int maxBytes;

  LiveHandler(Station station, Relay relay, int maxBytes) {
    this.station = station;
    this.relay = relay;
    this.maxBytes = maxBytes;
  }

  @Override
  protected void handle(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame text) {
      say(ctx, text.text());
      await(sleep(PAUSE));
    } else if (frame instanceof PingWebSocketFrame) {
      send(ctx, new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof CloseWebSocketFrame close) {
      end(ctx, close.retain());
    }
  }

  private void say(ChannelHandlerContext ctx, String json) {
    ChatLine line = Messages.chatLine(json);
    if (line == null) {
      send(ctx, new TextWebSocketFrame(Messages.notice("That is not a chat message.")));
      return;
    }
    String fault = line.fault(maxBytes);
    if (fault != null) {
      send(ctx, new TextWebSocketFrame(Messages.notice(fault)));
      return;
    }
    try {
      await(relay.say(line), RelayAwayException.class);
    } catch (RelayAwayException e) {
      send(ctx, new TextWebSocketFrame(Messages.notice(RelayAwayException.MESSAGE)));
    }
  }

  /** Waits until it is sent, so that no browser has more than one answer waiting. */
  private static void send(ChannelHandlerContext ctx, WebSocketFrame frame) {
    await(HttpHandler.send(ctx, frame));
  }

  private static void end(ChannelHandlerContext ctx, CloseWebSocketFrame frame) {
    ctx.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
  }

  /** Begins to receive. */
  void join(Channel browser) {
    if (browser.isActive()) {
      station.join(browser);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == Serve.Closing.EVENT) {
      end(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE));
    } else if (event instanceof IdleStateEvent idle) {
      if (idle.isFirst()) {
        ctx.writeAndFlush(new PingWebSocketFrame());
      } else {
        ctx.close();
      }
    }
    super.userEventTriggered(ctx, event);
  }

  /** Disconnects a reader that is too far behind. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      ctx.close();
    }
    super.channelWritabilityChanged(ctx);
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
