/**
 * One iteration of a loop after the other: the callback queue, the heap of timeouts, the watched
 * channels, the turns of a loop that lives on a host, and the one place through which all user code
 * runs. What it needs of the loop above it calls through {@link dev.ioloop.iteration.LoopHooks}.
 * Not exported.
 */
@NullMarked
package dev.ioloop.iteration;

import org.jspecify.annotations.NullMarked;
