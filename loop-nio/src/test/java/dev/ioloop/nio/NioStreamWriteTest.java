package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamWriteContract;

final class NioStreamWriteTest extends StreamWriteContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
