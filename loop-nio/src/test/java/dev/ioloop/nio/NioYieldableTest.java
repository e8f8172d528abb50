package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.YieldableContract;

final class NioYieldableTest extends YieldableContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
