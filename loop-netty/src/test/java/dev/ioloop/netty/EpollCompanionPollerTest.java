package dev.ioloop.netty;

class EpollCompanionPollerTest extends PollerTest {

  @Override
  NettyPoller newPoller() {
    return Pollers.epoll(true);
  }

  @Override
  boolean direct() {
    return false;
  }
}
