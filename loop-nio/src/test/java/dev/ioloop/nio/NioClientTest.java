package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ClientContract;

final class NioClientTest extends ClientContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
