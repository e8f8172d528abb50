/** Paths of unix domain sockets, for streams and sockets. Not exported. */
@NullMarked
package dev.ioloop.unix;

import org.jspecify.annotations.NullMarked;
