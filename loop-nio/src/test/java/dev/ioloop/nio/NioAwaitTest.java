package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.AwaitContract;

final class NioAwaitTest extends AwaitContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
