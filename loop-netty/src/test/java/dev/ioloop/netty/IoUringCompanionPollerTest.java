package dev.ioloop.netty;

class IoUringCompanionPollerTest extends PollerTest {

  @Override
  NettyPoller newPoller() {
    return Pollers.ioUring(true);
  }

  @Override
  boolean direct() {
    return false;
  }
}
