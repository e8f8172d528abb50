package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamCloseContract;

final class NioStreamCloseTest extends StreamCloseContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
