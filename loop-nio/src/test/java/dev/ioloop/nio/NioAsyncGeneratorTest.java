package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.AsyncGeneratorContract;

final class NioAsyncGeneratorTest extends AsyncGeneratorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
