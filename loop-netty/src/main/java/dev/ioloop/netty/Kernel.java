package dev.ioloop.netty;

import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoHandler;
import io.netty.channel.ManualIoEventLoop;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** What one poller's kernel facility does its own way: epoll, kqueue or an io_uring. */
@FunctionalInterface
interface Kernel {

  /** Makes a watch that watches nothing yet. */
  FdWatch watch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler);

  /**
   * Refuses a descriptor that is not open, where the kernel would say so too late.
   *
   * @throws IllegalArgumentException if {@code fd} is not open
   */
  default void checkOpen(int fd) {}

  /** Called when the poller has got its thread, by that thread. */
  default void bound(NettyPoller poller, ManualIoEventLoop loop, IoHandler handler) {}

  /** Called before each poll. */
  default void beforePoll() {}

  /**
   * Makes the calling thread the one that drives this facility, to close it. All watches are
   * cancelled.
   *
   * @throws IllegalStateException if the facility must be left alone
   */
  default void takeOver() {}
}
