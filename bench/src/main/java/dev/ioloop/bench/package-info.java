/**
 * Benchmarks, a class per thing that is measured, with ioloop and its peers beside each other in
 * it. JMH runs them, and so does {@link dev.ioloop.bench.Compare}, which is the main class.
 */
@NullMarked
package dev.ioloop.bench;

import org.jspecify.annotations.NullMarked;
