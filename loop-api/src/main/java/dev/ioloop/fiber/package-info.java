/**
 * A stack that can be left and entered: fibers, the two coroutine engines that they stand on, and
 * the choice between them. This package knows nothing of loops, futures or contexts. Not exported.
 */
@NullMarked
package dev.ioloop.fiber;

import org.jspecify.annotations.NullMarked;
