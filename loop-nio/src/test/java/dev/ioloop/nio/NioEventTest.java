package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.EventContract;

final class NioEventTest extends EventContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
