/**
 * Test support: test methods that run as coroutines ({@link dev.ioloop.testing.GenTest}), a clock
 * that moves by itself ({@link dev.ioloop.testing.VirtualTimePoller}), log output that must be
 * announced ({@link dev.ioloop.testing.ExpectLog}, {@link dev.ioloop.testing.FailOnUnexpectedLog})
 * and small helpers ({@link dev.ioloop.testing.Testing}). Tornado: {@code tornado.testing}.
 */
@NullMarked
package dev.ioloop.testing;

import org.jspecify.annotations.NullMarked;
