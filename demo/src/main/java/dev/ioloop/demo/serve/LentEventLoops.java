package dev.ioloop.demo.serve;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;

// region netty-lettuce
/** Lends a client the event loops of the server, which it must not shut down. */
public record LentEventLoops(EventLoopGroup group) implements EventLoopGroupProvider {
  @Override
  @SuppressWarnings("unchecked") // Lettuce asks for the kind that its channels need.
  public <T extends EventLoopGroup> T allocate(Class<T> type) {
    return (T) group;
  }

  @Override
  public int threadPoolSize() {
    return 1;
  }

  @Override
  public Future<Boolean> release(EventExecutorGroup g, long quiet, long timeout, TimeUnit unit) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
  }

  @Override
  public Future<Boolean> shutdown(long quiet, long timeout, TimeUnit unit) {
    return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
  }
}
// endregion
