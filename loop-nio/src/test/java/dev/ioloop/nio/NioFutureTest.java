package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.FutureContract;

final class NioFutureTest extends FutureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
