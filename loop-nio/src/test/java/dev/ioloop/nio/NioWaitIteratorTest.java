package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.WaitIteratorContract;

final class NioWaitIteratorTest extends WaitIteratorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
