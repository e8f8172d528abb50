package dev.ioloop.netty;

import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoHandler;
import io.netty.channel.ManualIoEventLoop;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** The part of a poller that is specific to its kernel facility: epoll, kqueue or io_uring. */
@FunctionalInterface
interface Kernel {

  /** Creates a watch that watches nothing yet. */
  FdWatch watch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler);

  /**
   * Checks that a descriptor is open, if the kernel would report that too late.
   *
   * @throws IllegalArgumentException if {@code fd} is not open
   */
  default void checkOpen(int fd) {}

  /** Called on the poller's thread when it is bound. */
  default void bound(NettyPoller poller, ManualIoEventLoop loop, IoHandler handler) {}

  /** Called before each poll. */
  default void beforePoll() {}

  /**
   * Makes the calling thread the one that drives this facility, so that it can close it. All
   * watches are already cancelled.
   *
   * @throws IllegalStateException if the facility must be left alone
   */
  default void takeOver() {}
}
