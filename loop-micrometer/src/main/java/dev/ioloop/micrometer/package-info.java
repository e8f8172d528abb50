/** Meters of loops, for Micrometer. */
@NullMarked
package dev.ioloop.micrometer;

import org.jspecify.annotations.NullMarked;
