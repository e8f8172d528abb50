package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ServerContract;

final class NioServerTest extends ServerContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
