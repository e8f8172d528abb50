/**
 * Stacks that can be left and entered again: fibers, the two coroutine engines behind them, and the
 * choice between the engines. This package knows nothing of loops, futures or contexts. Not
 * exported.
 */
@NullMarked
package dev.ioloop.fiber;

import org.jspecify.annotations.NullMarked;
