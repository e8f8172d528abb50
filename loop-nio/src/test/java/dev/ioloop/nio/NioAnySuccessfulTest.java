package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.AnySuccessfulContract;

final class NioAnySuccessfulTest extends AnySuccessfulContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
