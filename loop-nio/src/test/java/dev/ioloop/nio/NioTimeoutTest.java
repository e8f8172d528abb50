package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TimeoutContract;

final class NioTimeoutTest extends TimeoutContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
