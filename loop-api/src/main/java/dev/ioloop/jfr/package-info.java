/** Events for the JDK's flight recorder. Not exported: what users see are the recordings. */
@NullMarked
package dev.ioloop.jfr;

import org.jspecify.annotations.NullMarked;
