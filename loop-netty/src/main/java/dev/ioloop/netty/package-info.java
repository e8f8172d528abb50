/**
 * The native backends {@code epoll}, {@code kqueue} and {@code io_uring}, and the bridge to Netty:
 * {@link dev.ioloop.netty.NettyIOLoop} puts Netty channels on a loop and loops on Netty event
 * loops, and {@link dev.ioloop.netty.NettyFutures} makes Netty's futures awaitable.
 */
@NullMarked
package dev.ioloop.netty;

import org.jspecify.annotations.NullMarked;
