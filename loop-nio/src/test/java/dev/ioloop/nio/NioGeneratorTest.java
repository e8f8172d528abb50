package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.GeneratorContract;

final class NioGeneratorTest extends GeneratorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
