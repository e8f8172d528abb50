package dev.ioloop;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A future whose outcome depends on those of other futures. */
final class JoinFuture<T extends @Nullable Object> extends Future<T> {
  private final Collection<? extends Future<?>> sources;

  JoinFuture(Collection<? extends Future<?>> sources) {
    this.sources = sources;
  }

  @Override
  Collection<? extends Future<?>> sources() {
    return sources;
  }
}
