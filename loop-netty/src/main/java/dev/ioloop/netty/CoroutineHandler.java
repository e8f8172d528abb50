package dev.ioloop.netty;

import dev.ioloop.Future;
import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.internal.TypeParameterMatcher;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
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
 * <p>The messages of one channel are handled one after the other, in order, and so are failures:
 * with both coroutine engines an answer is on its way before {@link #exceptionCaught} is told of
 * the next message's failure. A message is begun only while the channel is writable: less than the
 * high water mark is unsent, whoever wrote it; {@link #waitsForWritable} turns that off.
 *
 * <p>While a message is handled, the channel reads until the next one has come, and then not, by
 * {@code autoRead}; nor does it read while it is not writable. What a decoder emits meanwhile waits
 * in order. So a peer that is faster than the handler is slowed down, and the end of one that waits
 * for its answer is seen. Where a message waits already, a transport on NIO sees the end only when
 * it reads again.
 *
 * <p>A message is released when {@code handle} has ended, as by {@link
 * io.netty.channel.SimpleChannelInboundHandler}: who hands it on retains it. What {@code handle}
 * throws goes to {@link #exceptionCaught}, and the next message follows.
 *
 * <p>When the channel closes, the coroutine is cancelled, messages that wait are released, and no
 * other is begun, not even one that a decoder makes of what it had left. So it is when the IOLoop
 * is closed, but for a message that comes then: its failure to begin goes to {@code
 * exceptionCaught}. A stream of HTTP/2 also ends when its peer resets it, and with its connection.
 * A handler that is removed from its pipeline, as for an upgrade of the protocol, ends what it has
 * begun, and hands messages that wait to the next handler.
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

  /** Called when a connection closes whose stream this channel is. */
  private final GenericFutureListener<ChannelFuture> onParentClosed = closed -> endOfPeer();

  private @Nullable ChannelHandlerContext context;

  /** The coroutine of the message that was begun last; null once that is settled. */
  private @Nullable Future<?> handling;

  /** Whether the body ran on a thread of its own, so that its calls into Netty are queued. */
  private boolean elsewhere;

  private @Nullable Future<@Nullable Void> writable;

  /** Whether {@code autoRead} was on and is to be turned on again. */
  private boolean paused;

  private boolean draining;
  private boolean removed;
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
   * Returns whether a message is begun only while the channel is writable: true, unless a subclass
   * says otherwise. It may where its messages bring no answer. Asked on the event loop, before each
   * message.
   */
  protected boolean waitsForWritable() {
    return true;
  }

  /**
   * Returns a future that is done when the channel is writable, which may be at once: when less
   * than the high water mark is unsent. It is cancelled when the channel closes, as the coroutine
   * that handles a message is. A handler that was removed from its pipeline does not wait.
   */
  protected final Future<@Nullable Void> whenWritable(ChannelHandlerContext ctx) {
    if (hasEnded(ctx)) {
      Future<@Nullable Void> cancelled = new Future<>();
      cancelled.cancel(false);
      return cancelled;
    }
    if (removed || ctx.channel().isWritable()) {
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
    NettyIOLoop.of(eventLoop);
    context = ctx;
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    removed = true;
    for (I message = waiting.poll(); message != null; message = waiting.poll()) {
      ctx.fireChannelRead(message);
    }
    goOnReading(ctx);
    endWaitForWritable(false);
    if (handling != null && !ended) {
      ctx.channel().closeFuture().addListener(closed -> end(ctx)); // Nobody else will tell.
    }
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (removed || !matcher.match(message)) {
      ctx.fireChannelRead(message);
      return;
    }
    @SuppressWarnings("unchecked")
    I matched = (I) message;
    waiting.add(matched);
    drain(ctx, true);
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx);
    ctx.fireChannelInactive();
  }

  /** A subclass that overrides this calls it, too. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      endWaitForWritable(false);
    }
    drain(ctx, false);
    ctx.fireChannelWritabilityChanged();
  }

  /**
   * Sees the peer reset a stream of HTTP/2. A subclass that overrides this calls it, too.
   *
   * @throws Exception if a subclass does
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (isStream(ctx.channel()) && Http2.isReset(event)) {
      endOfPeer();
    }
    ctx.fireUserEventTriggered(event);
  }

  /**
   * Ends with a stream whose channel would not close before all is read that has come for it. What
   * comes from now on is released.
   */
  private void endOfPeer() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !removed) {
      end(ctx);
      goOnReading(ctx);
    }
  }

  private void end(ChannelHandlerContext ctx) {
    ended = true;
    releaseWaiting(ctx);
    Future<?> present = handling;
    if (present != null) {
      present.cancel(true);
    }
    endWaitForWritable(true);
  }

  /** Returns whether the channel has ended. Netty says so by a later task at times. */
  private boolean hasEnded(ChannelHandlerContext ctx) {
    return ended || !ctx.channel().isActive();
  }

  private void releaseWaiting(ChannelHandlerContext ctx) {
    for (I message = waiting.poll(); message != null; message = waiting.poll()) {
      report(ctx, release(message, null));
    }
  }

  private void endWaitForWritable(boolean cancel) {
    Future<@Nullable Void> present = writable;
    if (present != null) {
      writable = null;
      if (cancel) {
        present.cancel(false);
      } else {
        present.setResult(null);
      }
    }
  }

  /**
   * Begins to handle what waits, until something must be waited for.
   *
   * @param arrived whether a message has just come, and is not only left over
   */
  private void drain(ChannelHandlerContext ctx, boolean arrived) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (handling == null && !waiting.isEmpty() && mayBegin(ctx)) {
        begin(ctx, waiting.remove(), arrived);
      }
    } finally {
      draining = false;
    }
    if (!ended && !removed && (!waiting.isEmpty() || !mayWrite(ctx))) {
      stopReading(ctx);
    } else {
      goOnReading(ctx);
    }
  }

  private boolean mayBegin(ChannelHandlerContext ctx) {
    if (hasEnded(ctx)) {
      releaseWaiting(ctx);
      return false;
    }
    return mayWrite(ctx);
  }

  private boolean mayWrite(ChannelHandlerContext ctx) {
    return ctx.channel().isWritable() || !waitsForWritable();
  }

  private void begin(ChannelHandlerContext ctx, I message, boolean arrived) {
    Future<@Nullable Void> begun;
    try {
      begun =
          Gen.coroutine(
              () -> {
                try {
                  handle(ctx, message);
                } finally {
                  elsewhere = !ctx.executor().inEventLoop();
                }
              });
    } catch (RuntimeException e) {
      // The IOLoop was closed under its channels. While it is closing, the coroutine is cancelled.
      report(ctx, release(message, arrived ? e : null));
      releaseWaiting(ctx);
      return;
    }
    handling = begun;
    if (begun.isDone()) {
      finish(ctx, message, begun);
    } else {
      begun.addDoneCallback(
          done -> {
            finish(ctx, message, done);
            drain(ctx, false);
          });
    }
  }

  /**
   * Settles a message whose coroutine has ended. What that asked Netty for on another thread is
   * queued at the event loop; all that follows takes its place behind it.
   */
  private void finish(ChannelHandlerContext ctx, I message, Future<?> done) {
    if (elsewhere) {
      try {
        ctx.executor()
            .execute(
                () -> {
                  settle(ctx, message, done);
                  drain(ctx, false);
                });
        return;
      } catch (RejectedExecutionException e) {
        // The event loop has ended: nothing that is queued there will take effect.
      }
    }
    settle(ctx, message, done);
  }

  private void settle(ChannelHandlerContext ctx, I message, Future<?> done) {
    handling = null;
    Throwable failure = done.exception();
    if (failure instanceof CancellationException && (hasEnded(ctx) || loopIsClosing())) {
      failure = null;
    }
    report(ctx, release(message, failure));
  }

  /** Returns whether the IOLoop begins no coroutine any more. Called outside of coroutines. */
  private static boolean loopIsClosing() {
    try {
      return Gen.coroutine(() -> {}).isCancelled();
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Returns what there is to report: {@code failure}, or why the message could not be released. */
  private static @Nullable Throwable release(Object message, @Nullable Throwable failure) {
    try {
      ReferenceCountUtil.release(message);
    } catch (Throwable e) {
      if (failure == null) {
        return e;
      }
      if (failure != e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  private void report(ChannelHandlerContext ctx, @Nullable Throwable failure) {
    if (failure == null) {
      return;
    }
    try {
      exceptionCaught(ctx, failure);
    } catch (Throwable e) {
      if (e != failure) {
        e.addSuppressed(failure);
      }
      ctx.fireExceptionCaught(e);
    }
  }

  private void stopReading(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    if (!paused && channel.config().isAutoRead()) {
      paused = true;
      channel.config().setAutoRead(false);
      if (isStream(channel)) {
        channel.parent().closeFuture().addListener(onParentClosed);
      }
    }
  }

  private void goOnReading(ChannelHandlerContext ctx) {
    if (paused) {
      paused = false;
      Channel channel = ctx.channel();
      if (isStream(channel)) {
        channel.parent().closeFuture().removeListener(onParentClosed);
      }
      channel.config().setAutoRead(true);
    }
  }

  /** Returns whether a channel is a part of a connection, and not one that was accepted. */
  private static boolean isStream(Channel channel) {
    return channel.parent() != null && !(channel.parent() instanceof ServerChannel);
  }

  /** What there is to know of HTTP/2, whose codec need not be there. */
  private static final class Http2 {
    private static final boolean PRESENT = isPresent();

    static boolean isReset(Object event) {
      return PRESENT && event instanceof Http2ResetFrame;
    }

    private static boolean isPresent() {
      try {
        return Http2ResetFrame.class.isInterface();
      } catch (NoClassDefFoundError e) {
        return false;
      }
    }
  }
}
