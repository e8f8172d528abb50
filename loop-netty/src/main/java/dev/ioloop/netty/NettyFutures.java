package dev.ioloop.netty;

import dev.ioloop.Future;
import java.util.concurrent.CancellationException;
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
    source.addListener(done -> complete(target, source));
    target.whenComplete(
        (result, failure) -> {
          if (failure instanceof CancellationException) {
            source.cancel(false);
          }
        });
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
