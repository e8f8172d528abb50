package dev.ioloop.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ioloop.spi.PollerProvider;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueIoHandler;

/** The pollers under test. One that this system does not have skips its test, and says why. */
final class Pollers {

  private Pollers() {}

  static NettyPoller epoll(boolean companion) {
    assumeAvailable(new EpollProvider());
    return new NettyPoller("epoll", EpollIoHandler.newFactory(), EpollWatch::new, companion);
  }

  static NettyPoller kqueue() {
    assumeAvailable(new KQueueProvider());
    return new NettyPoller("kqueue", KQueueIoHandler.newFactory(), KQueueWatch::new, false);
  }

  static NettyPoller ioUring(boolean companion) {
    assumeAvailable(new IoUringProvider());
    return new NettyPoller("io_uring", IoUringProvider.factory(), new IoUringKernel(), companion);
  }

  static void assumeAvailable(PollerProvider provider) {
    Throwable cause = provider.unavailabilityCause();
    assumeTrue(
        cause == null,
        () -> "no " + provider.name() + " here: " + (cause == null ? "" : cause.getMessage()));
  }
}
