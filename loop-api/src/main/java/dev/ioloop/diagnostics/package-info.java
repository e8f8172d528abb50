/**
 * Diagnostics for loops and coroutines that misbehave: the watchdog, stack traces, origins, held
 * monitors, and events for the JDK's flight recorder. Loops present themselves as {@link
 * dev.ioloop.diagnostics.Observed}; this package knows nothing else of them. Not exported.
 */
@NullMarked
package dev.ioloop.diagnostics;

import org.jspecify.annotations.NullMarked;
