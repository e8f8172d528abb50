package dev.ioloop.demo.serve;

/** The web server on Netty's epoll event loops. */
final class ServeEpollTest extends ServeContract {
  ServeEpollTest() {
    super("epoll");
  }
}
