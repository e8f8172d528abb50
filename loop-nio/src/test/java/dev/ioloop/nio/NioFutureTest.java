package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.FutureContract;

final class NioFutureTest extends FutureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
