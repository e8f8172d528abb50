/**
 * What people see of loops and coroutines that do not do what they should: the watchdog, stacks,
 * the lines that things come from, held monitors, and the events for the JDK's flight recorder.
 * Loops show themselves to it; it knows of them no more than that. Not exported.
 */
@NullMarked
package dev.ioloop.diagnostics;

import org.jspecify.annotations.NullMarked;
