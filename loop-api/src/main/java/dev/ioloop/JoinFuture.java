package dev.ioloop;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A pending future whose outcome follows from that of others. */
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
