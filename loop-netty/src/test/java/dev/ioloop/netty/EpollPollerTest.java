package dev.ioloop.netty;

class EpollPollerTest extends PollerTest {

  @Override
  NettyPoller newPoller() {
    return Pollers.epoll(false);
  }
}
