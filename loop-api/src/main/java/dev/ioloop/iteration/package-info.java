/**
 * The iterations of a loop: the callback queue, the heap of timeouts, the watched channels, the
 * turns of a loop on a host, and the one place through which all user code runs. It calls the loop
 * above it through {@link dev.ioloop.iteration.LoopHooks}. Not exported.
 */
@NullMarked
package dev.ioloop.iteration;

import org.jspecify.annotations.NullMarked;
