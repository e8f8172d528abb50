package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** A future that the JDK creates and completes, for {@code thenApply} and similar methods. */
final class DependentFuture<T extends @Nullable Object> extends Future<T> {}
