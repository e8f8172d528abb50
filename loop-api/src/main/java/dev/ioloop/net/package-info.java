/**
 * Byte streams: {@link dev.ioloop.net.IOStream} reads and writes without blocking the loop, by
 * Tornado's rules, over any {@link dev.ioloop.spi.StreamTransport}.
 */
@NullMarked
package dev.ioloop.net;

import org.jspecify.annotations.NullMarked;
