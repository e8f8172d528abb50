package dev.ioloop.netty;

import static dev.ioloop.Gen.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ioloop.Future;
import dev.ioloop.IOLoop;
import dev.ioloop.tck.LoopContract;
import dev.ioloop.tck.OnEachGenerator;
import dev.ioloop.testing.VirtualTimePoller;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Netty's futures, awaited and converted. */
@OnEachGenerator
class NettyFuturesTest extends LoopContract {

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", new VirtualTimePoller());
  }

  private static Promise<String> newPromise() {
    return ImmediateEventExecutor.INSTANCE.newPromise();
  }

  @Test
  void resultOfANettyFutureIsAwaited() {
    Promise<String> promise = newPromise();
    loop.addCallback(() -> loop.addCallback(() -> promise.setSuccess("result")));
    events.add(loop.<Object>runSync(() -> await((Object) promise)));
    assertThat(events).containsExactly("result");
  }

  @Test
  void failureIsThrownAsItIs() {
    IOException failure = new IOException("broken");
    Promise<String> promise = newPromise();
    loop.addCallback(() -> loop.addCallback(() -> promise.setFailure(failure)));
    assertThatThrownBy(() -> loop.<Object>runSync(() -> await((Object) promise))).isSameAs(failure);
  }

  @Test
  void cancelledNettyFutureIsACancelledOne() {
    Promise<String> promise = newPromise();
    Future<String> future = NettyFutures.from(promise);
    promise.cancel(true);
    assertThat(future.cancelled()).isTrue();
    assertThatThrownBy(future::result).isInstanceOf(CancellationException.class);
  }

  @Test
  void cancellingTheFutureCancelsNettys() {
    Promise<String> promise = newPromise();
    NettyFutures.from(promise).cancel(true);
    assertThat(promise.isCancelled()).isTrue();
  }

  private void fail(IOException failure, boolean look) {
    Promise<String> promise = newPromise();
    Future<String> future = NettyFutures.from(promise);
    promise.setFailure(failure);
    if (look) {
      assertThat(future.exception()).isSameAs(failure);
    }
  }

  @Test
  void failureThatNobodyLooksAtIsReported() {
    Future.setLostFailureHandler((text, lost) -> events.add(lost));
    try {
      IOException failure = new IOException("broken");
      loop.makeCurrent();
      fail(failure, false);
      fail(new IOException("looked at"), true);
      loop.close();
      assertThat(events).containsExactly(failure);
    } finally {
      Future.setLostFailureHandler(null);
    }
  }
}
