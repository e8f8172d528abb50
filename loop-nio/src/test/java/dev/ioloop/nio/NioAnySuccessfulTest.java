package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.AnySuccessfulContract;

final class NioAnySuccessfulTest extends AnySuccessfulContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
