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
 * An inbound handler that handles each message in a coroutine on the channel's event loop. The code
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
 * <p>The messages of a channel, and their failures, are handled one at a time and in order: with
 * either coroutine engine, the answer to one message is sent before {@link #exceptionCaught} is
 * called for the failure of the next. A message is started only while the channel is writable, that
 * is, while fewer bytes than the high water mark are unsent, whoever wrote them. {@link
 * #waitsForWritable} can turn that off.
 *
 * <p>While a message is handled, the channel keeps reading until the next message has arrived. Then
 * {@code autoRead} is turned off, as it also is while the channel is not writable. Messages that a
 * decoder emits meanwhile are queued in order. So a peer that is faster than the handler is slowed
 * down, and the close of a peer that is waiting for its answer is noticed. While a message is
 * queued, a transport on NIO notices the close only when it reads again.
 *
 * <p>A message is released when {@code handle} has ended, as in {@link
 * io.netty.channel.SimpleChannelInboundHandler}; code that passes it on must retain it. An
 * exception from {@code handle} goes to {@link #exceptionCaught}, and the next message is started.
 *
 * <p>When the channel closes, the coroutine is cancelled and queued messages are released. No
 * further message is started, not even one that a decoder makes of its remaining bytes. The same
 * happens when the IOLoop is closed, except that a message that arrives after that fails to start,
 * and the failure goes to {@code exceptionCaught}. An HTTP/2 stream also ends when its peer resets
 * it, and when its connection closes. A handler that is removed from its pipeline, for instance for
 * a protocol upgrade, finishes the message it has started and passes queued messages to the next
 * handler.
 *
 * <p>Each channel needs its own instance. Its methods are called on the event loop. With the
 * coroutine engine "thread", {@code handle} runs on a helper thread while the event loop waits for
 * it. Calls into Netty are correct there, but take effect only when {@code handle} awaits or ends.
 *
 * @param <I> the type of messages to handle; other messages are passed on
 */
public abstract class CoroutineHandler<I> extends ChannelInboundHandlerAdapter {
  private final TypeParameterMatcher matcher;
  private final Queue<I> waiting = new ArrayDeque<>();

  /** Called when the connection of this HTTP/2 stream closes. */
  private final GenericFutureListener<ChannelFuture> onParentClosed = closed -> endOfPeer();

  private @Nullable ChannelHandlerContext context;

  /** The coroutine of the message in progress; null once it is settled. */
  private @Nullable Future<?> handling;

  /** Whether the body ran on a helper thread, so that its calls into Netty are queued. */
  private boolean onHelperThread;

  private @Nullable Future<@Nullable Void> writable;

  /** Whether this handler has turned {@code autoRead} off and must turn it on again. */
  private boolean paused;

  private boolean draining;
  private boolean removed;
  private boolean ended;

  /** Creates a handler. It must not be sharable. */
  @SuppressWarnings("this-escape") // Both calls look only at the class.
  protected CoroutineHandler() {
    matcher = TypeParameterMatcher.find(this, CoroutineHandler.class, "I");
    ensureNotSharable();
  }

  /**
   * Handles one message. Runs as a coroutine on {@link IOLoop#current()}, the IOLoop of the
   * channel's event loop.
   *
   * @param message the message; it is released when this method has ended
   * @throws Exception if handling fails; it goes to {@link #exceptionCaught}
   */
  protected abstract void handle(ChannelHandlerContext ctx, I message) throws Exception;

  /**
   * Returns whether a message is started only while the channel is writable: true by default. A
   * subclass may return false if its messages cause no answer. Called on the event loop, before
   * each message.
   */
  protected boolean waitsForWritable() {
    return true;
  }

  /**
   * Returns a future that is done when the channel is writable, that is, when fewer bytes than the
   * high water mark are unsent. It may be done at once. It is cancelled when the channel closes, as
   * the coroutine that handles a message is. It is already done if this handler was removed from
   * its pipeline.
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

  /** Overriding methods must call super first. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!(ctx.executor() instanceof EventLoop eventLoop)) {
      throw new IllegalStateException(
          "a CoroutineHandler must run on its channel's event loop, but was added with executor "
              + ctx.executor());
    }
    NettyIOLoop.of(eventLoop);
    context = ctx;
  }

  /** Overriding methods must call super. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    removed = true;
    for (I message = waiting.poll(); message != null; message = waiting.poll()) {
      ctx.fireChannelRead(message);
    }
    resumeReading(ctx);
    endWaitForWritable(false);
    if (handling != null && !ended) {
      // No other call reports the close.
      ctx.channel().closeFuture().addListener(closed -> end(ctx));
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

  /** Overriding methods must call super. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx);
    ctx.fireChannelInactive();
  }

  /** Overriding methods must call super. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      endWaitForWritable(false);
    }
    drain(ctx, false);
    ctx.fireChannelWritabilityChanged();
  }

  /**
   * Ends an HTTP/2 stream that the peer has reset. Overriding methods must call super.
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
   * Ends a stream at once, because its channel would close only after all received data is read.
   * Data that arrives from now on is released.
   */
  private void endOfPeer() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !removed) {
      end(ctx);
      resumeReading(ctx);
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

  /** Returns whether the channel has ended. Netty sometimes reports that only in a later task. */
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
   * Starts queued messages until one has to wait.
   *
   * @param arrived whether a message has just arrived, instead of being left over
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
      resumeReading(ctx);
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
                  onHelperThread = !ctx.executor().inEventLoop();
                }
              });
    } catch (RuntimeException e) {
      // The IOLoop was closed while its channels were open. While it is closing, a new coroutine
      // is cancelled instead.
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
   * Settles a message whose coroutine has ended. Calls into Netty from a helper thread are queued
   * on the event loop, so the settlement queues up behind them.
   */
  private void finish(ChannelHandlerContext ctx, I message, Future<?> done) {
    if (onHelperThread) {
      try {
        ctx.executor()
            .execute(
                () -> {
                  settle(ctx, message, done);
                  drain(ctx, false);
                });
        return;
      } catch (RejectedExecutionException e) {
        // The event loop has ended, so nothing queued there will run.
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

  /** Returns whether the IOLoop starts no more coroutines. Called outside coroutines. */
  private static boolean loopIsClosing() {
    try {
      // An empty coroutine ends at once. A closing loop cancels it later instead.
      return !Gen.coroutine(() -> {}).isDone();
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /**
   * Releases a message. Returns the failure to report: {@code failure}, or why the release failed.
   */
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

  private void resumeReading(ChannelHandlerContext ctx) {
    if (paused) {
      paused = false;
      Channel channel = ctx.channel();
      if (isStream(channel)) {
        channel.parent().closeFuture().removeListener(onParentClosed);
      }
      channel.config().setAutoRead(true);
    }
  }

  /** Returns whether a channel is a stream within a connection, and not an accepted connection. */
  private static boolean isStream(Channel channel) {
    return channel.parent() != null && !(channel.parent() instanceof ServerChannel);
  }

  /** The use of Netty's HTTP/2 codec, which is optional. */
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
