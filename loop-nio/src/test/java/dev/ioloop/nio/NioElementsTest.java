package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ElementsContract;

final class NioElementsTest extends ElementsContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
