package dev.ioloop.netty;

class IoUringPollerTest extends PollerTest {

  @Override
  NettyPoller newPoller() {
    return Pollers.ioUring(false);
  }
}
