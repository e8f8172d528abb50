package dev.ioloop.netty;

import dev.ioloop.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes Netty's futures awaitable: {@code await((Object) bootstrap.connect(address))} does it by
 * itself, through {@link NettyYieldConverter}; this class is for the typed form.
 *
 * <pre>{@code
 * int sum = await(NettyFutures.from(eventLoop.submit(() -> 2 + 3)));
 * }</pre>
 */
public final class NettyFutures {

  private NettyFutures() {}

  /** The listener at Netty's future, and the callback of ours: a look at neither. */
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
   * Returns a future that ends as {@code source} does: with its result, with the very exception, or
   * cancelled. Cancelling the returned future asks {@code source} to cancel. It is completed by the
   * thread that completes {@code source}; where that is done already, the returned future is too.
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
