package dev.ioloop.netty;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.TypeParameterMatcher;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * An inbound handler that handles each message in a coroutine, on the channel's event loop: it
 * reads from top to bottom and may await.
 *
 * <pre>{@code
 * final class Lookup extends CoroutineHandler<String> {
 *   @Override
 *   protected void handle(ChannelHandlerContext ctx, String key) {
 *     String value = await(database.get(key));
 *     ctx.writeAndFlush(value + "\n");
 *     await(whenWritable(ctx));
 *   }
 * }
 * }</pre>
 *
 * <p>The messages of one channel are handled one after the other, in order. While one is handled,
 * the channel reads at most until the next one has come, and then not, by {@code autoRead}; what a
 * decoder emits meanwhile waits in order. So a peer that is faster than the handler is slowed down,
 * and the end of one that waits for its answer is seen. Where a message waits already, a transport
 * on NIO sees the end only when it reads again.
 *
 * <p>A message is released when {@code handle} has ended, as by {@link
 * io.netty.channel.SimpleChannelInboundHandler}: who hands it on retains it. What {@code handle}
 * throws goes to {@link #exceptionCaught}, and the next message follows. When the channel closes,
 * the coroutine is cancelled, and messages that wait are released. A handler that is removed from
 * its pipeline, as for an upgrade of the protocol, ends what it has begun, and hands messages that
 * wait to the next handler.
 *
 * <p>One for each channel. Its methods are called on the event loop; with coroutines that have
 * threads of their own, {@code handle} runs on such a thread while the event loop waits for it:
 * calls into Netty are correct there, but take effect when {@code handle} awaits or ends.
 *
 * @param <I> the messages to handle; others are passed on
 */
public abstract class CoroutineHandler<I> extends ChannelInboundHandlerAdapter {
  private final TypeParameterMatcher matcher;
  private final Queue<I> waiting = new ArrayDeque<>();
  private @Nullable IOLoop loop;

  /** The coroutine that handles a message; null where none does. */
  private @Nullable Future<?> handling;

  private @Nullable Future<@Nullable Void> writable;

  /** Whether {@code autoRead} was on and is to be turned on again. */
  private boolean paused;

  private boolean draining;
  private boolean ended;

  /** Called by subclasses. */
  @SuppressWarnings("this-escape") // Both look at the class alone.
  protected CoroutineHandler() {
    matcher = TypeParameterMatcher.find(this, CoroutineHandler.class, "I");
    ensureNotSharable();
  }

  /**
   * Handles one message. Runs as a coroutine on {@link IOLoop#current()}, the IOLoop of the
   * channel's event loop.
   *
   * @param message is released when this has ended
   * @throws Exception goes to {@link #exceptionCaught}
   */
  protected abstract void handle(ChannelHandlerContext ctx, I message) throws Exception;

  /**
   * Returns a future that is done when the channel is writable, which may be at once: when less
   * than the high water mark is unsent. It fails with {@link ClosedChannelException} when the
   * channel closes.
   */
  protected final Future<@Nullable Void> whenWritable(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      return Future.failed(new ClosedChannelException());
    }
    if (ctx.channel().isWritable()) {
      return Future.succeeded(null);
    }
    Future<@Nullable Void> present = writable;
    if (present == null) {
      present = writable = new Future<>();
    }
    return present;
  }

  /** A subclass that overrides this calls it first. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!(ctx.executor() instanceof EventLoop eventLoop)) {
      throw new IllegalStateException(
          "a CoroutineHandler runs on its channel's event loop, but was added with the executor "
              + ctx.executor());
    }
    loop = NettyIOLoop.of(eventLoop);
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ended = true;
    for (I message = waiting.poll(); message != null; message = waiting.poll()) {
      ctx.fireChannelRead(message);
    }
    goOnReading(ctx);
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (ended || !matcher.match(message)) {
      ctx.fireChannelRead(message);
      return;
    }
    @SuppressWarnings("unchecked")
    I matched = (I) message;
    waiting.add(matched);
    drain(ctx);
    if (!waiting.isEmpty() && ctx.channel().config().isAutoRead()) {
      paused = true;
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    for (I message = waiting.poll(); message != null; message = waiting.poll()) {
      ReferenceCountUtil.release(message);
    }
    endWaitForWritable(new ClosedChannelException());
    Future<?> present = handling;
    if (present != null) {
      present.cancel(true);
    }
    ctx.fireChannelInactive();
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      endWaitForWritable(null);
    }
    ctx.fireChannelWritabilityChanged();
  }

  private void endWaitForWritable(@Nullable Throwable failure) {
    Future<@Nullable Void> present = writable;
    if (present != null) {
      writable = null;
      if (failure == null) {
        present.setResult(null);
      } else {
        present.setException(failure);
      }
    }
  }

  /** Begins to handle what waits, until a coroutine is suspended or nothing waits. */
  private void drain(ChannelHandlerContext ctx) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (handling == null && !ended && !waiting.isEmpty()) {
        begin(ctx, waiting.remove());
      }
    } finally {
      draining = false;
    }
    if (waiting.isEmpty()) {
      goOnReading(ctx);
    }
  }

  private void begin(ChannelHandlerContext ctx, I message) {
    Future<@Nullable Void> begun;
    try {
      begun = Gen.coroutine(() -> handle(ctx, message));
    } catch (RuntimeException e) {
      // The IOLoop was closed under its channels.
      ReferenceCountUtil.release(message);
      report(ctx, e);
      return;
    }
    if (begun.isDone()) {
      end(ctx, message, begun);
    } else {
      handling = begun;
      begun.addDoneCallback(
          done -> {
            handling = null;
            end(ctx, message, done);
            drain(ctx);
          });
    }
  }

  private void end(ChannelHandlerContext ctx, I message, Future<?> done) {
    ReferenceCountUtil.release(message);
    Throwable failure = done.exception();
    if (failure != null && !(ended && failure instanceof CancellationException)) {
      report(ctx, failure);
    }
  }

  private void report(ChannelHandlerContext ctx, Throwable failure) {
    try {
      exceptionCaught(ctx, failure);
    } catch (Exception e) {
      e.addSuppressed(failure);
      ctx.fireExceptionCaught(e);
    }
  }

  private void goOnReading(ChannelHandlerContext ctx) {
    if (paused) {
      paused = false;
      ctx.channel().config().setAutoRead(true);
    }
  }
}
