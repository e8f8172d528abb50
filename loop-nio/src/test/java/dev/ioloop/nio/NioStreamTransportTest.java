package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamTransportContract;

final class NioStreamTransportTest extends StreamTransportContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
