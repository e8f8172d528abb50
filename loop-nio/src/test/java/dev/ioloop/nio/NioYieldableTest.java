package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.YieldableContract;

final class NioYieldableTest extends YieldableContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
