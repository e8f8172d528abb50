package dev.ioloop.netty;

import dev.ioloop.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Converts Netty's futures to ioloop's, for a typed {@code await}. The untyped form, {@code
 * await((Object) bootstrap.connect(address))}, does not need this class; {@link
 * NettyYieldConverter} converts there.
 *
 * <pre>{@code
 * int sum = await(NettyFutures.from(eventLoop.submit(() -> 2 + 3)));
 * }</pre>
 */
public final class NettyFutures {

  private NettyFutures() {}

  /**
   * Both the listener on Netty's future and the done callback on ours. Neither counts as retrieving
   * the exception.
   */
  private record Bridge<T extends @Nullable Object>(
      io.netty.util.concurrent.Future<T> source, Future<T> target)
      implements GenericFutureListener<io.netty.util.concurrent.Future<T>>, Consumer<Future<T>> {

    @Override
    public void operationComplete(io.netty.util.concurrent.Future<T> done) {
      complete(target, source);
    }

    @Override
    public void accept(Future<T> done) {
      if (done.cancelled()) {
        source.removeListener(this);
        source.cancel(false);
      }
    }
  }

  /**
   * Returns a future that completes as {@code source} does: with the same result or the same
   * exception, or cancelled. Cancelling the returned future asks {@code source} to cancel. The
   * thread that completes {@code source} also completes the returned future. If {@code source} is
   * already done, so is the returned future.
   *
   * <p>Safe to call from any thread.
   */
  public static <T extends @Nullable Object> Future<T> from(
      io.netty.util.concurrent.Future<T> source) {
    Future<T> target = new Future<>();
    if (source.isDone()) {
      complete(target, source);
      return target;
    }
    Bridge<T> bridge = new Bridge<>(source, target);
    source.addListener(bridge);
    target.addDoneCallback(bridge);
    return target;
  }

  private static <T extends @Nullable Object> void complete(
      Future<T> target, io.netty.util.concurrent.Future<T> source) {
    if (source.isCancelled()) {
      target.cancel(false);
    } else if (source.isSuccess()) {
      target.complete(source.getNow());
    } else {
      target.completeExceptionally(source.cause());
    }
  }
}
