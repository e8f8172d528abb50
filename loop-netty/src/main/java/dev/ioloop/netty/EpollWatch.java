package dev.ioloop.netty;

import dev.ioloop.spi.ReadyHandler;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor in the epoll set. The loop's event bits are those of epoll, so nothing is mapped.
 */
final class EpollWatch extends FdWatch implements EpollIoHandle {

  private final FileDescriptor descriptor;
  private @Nullable IoRegistration registration;

  EpollWatch(
      NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    super(poller, fd, channel, handler);
    descriptor = new FileDescriptor(fd);
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  // A registration whose ops become NONE leaves the epoll set but does not know it, and the next
  // submit() fails with ENOENT. So there is no registration while nothing is watched.
  @Override
  void ask(int before, int now) throws Exception {
    IoRegistration current = registration;
    if (now == 0) {
      registration = null;
      if (current != null) {
        current.cancel();
      }
      return;
    }
    if (current != null) {
      current.submit(EpollIoOps.valueOf(now));
      return;
    }
    IoRegistration added = poller.register(this);
    try {
      added.submit(EpollIoOps.valueOf(now));
    } catch (RuntimeException e) {
      added.cancel();
      throw e;
    }
    registration = added;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    if (source == registration) {
      fire(((EpollIoEvent) event).ops().value());
    }
  }
}
