package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** A future that the JDK makes and completes, by {@code thenApply} and its like. */
final class DependentFuture<T extends @Nullable Object> extends Future<T> {}
