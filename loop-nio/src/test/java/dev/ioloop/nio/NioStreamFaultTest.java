package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamFaultContract;

final class NioStreamFaultTest extends StreamFaultContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
