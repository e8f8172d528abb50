/**
 * Benchmarks: one class for each subject, with ioloop and its peers side by side. JMH runs them,
 * and so does {@link dev.ioloop.bench.Compare}, which is the main class.
 */
@NullMarked
package dev.ioloop.bench;

import org.jspecify.annotations.NullMarked;
