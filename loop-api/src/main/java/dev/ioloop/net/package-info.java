/**
 * Byte streams, TCP clients and servers. {@link dev.ioloop.net.IOStream} reads and writes by
 * Tornado's rules, without blocking the loop, over any {@link dev.ioloop.spi.StreamTransport}.
 */
@NullMarked
package dev.ioloop.net;

import org.jspecify.annotations.NullMarked;
