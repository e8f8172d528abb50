package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamReadContract;

final class NioStreamReadTest extends StreamReadContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
