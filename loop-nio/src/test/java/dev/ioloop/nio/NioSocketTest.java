package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.SocketContract;

final class NioSocketTest extends SocketContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
