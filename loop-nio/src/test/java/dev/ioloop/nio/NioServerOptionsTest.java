package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ServerOptionsContract;

final class NioServerOptionsTest extends ServerOptionsContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
