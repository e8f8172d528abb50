package dev.ioloop.netty;

import dev.ioloop.spi.YieldConverter;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lets a coroutine await Netty's futures directly: {@code await(channel.writeAndFlush(m))}. */
public final class NettyYieldConverter implements YieldConverter {

  /** For {@link java.util.ServiceLoader}. */
  public NettyYieldConverter() {}

  @Override
  public @Nullable CompletionStage<?> convert(Object yielded) {
    return yielded instanceof io.netty.util.concurrent.Future<?>
        ? NettyFutures.from((io.netty.util.concurrent.Future<?>) yielded)
        : null;
  }
}
