package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.EventContract;

final class NioEventTest extends EventContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
