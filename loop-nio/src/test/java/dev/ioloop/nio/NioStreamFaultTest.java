package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.StreamFaultContract;

final class NioStreamFaultTest extends StreamFaultContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
