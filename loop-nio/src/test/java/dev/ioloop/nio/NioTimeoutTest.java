package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.TimeoutContract;

final class NioTimeoutTest extends TimeoutContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
