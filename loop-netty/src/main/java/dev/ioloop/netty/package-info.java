/**
 * The native backends, {@code epoll}, {@code kqueue} and {@code io_uring}, and what a Netty user
 * needs beside them: {@link dev.ioloop.netty.NettyIOLoop} to put Netty channels on a loop, and
 * {@link dev.ioloop.netty.NettyFutures} to await Netty's futures.
 */
@NullMarked
package dev.ioloop.netty;

import org.jspecify.annotations.NullMarked;
