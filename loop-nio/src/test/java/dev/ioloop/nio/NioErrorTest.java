package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ErrorContract;

final class NioErrorTest extends ErrorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
