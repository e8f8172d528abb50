package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CallbackContract;

final class NioCallbackTest extends CallbackContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
