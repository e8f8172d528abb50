package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ThreadContract;

final class NioThreadTest extends ThreadContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
