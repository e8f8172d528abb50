package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.StreamTransportContract;

final class NioStreamTransportTest extends StreamTransportContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
