package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TimeoutBodyContract;

final class NioTimeoutBodyTest extends TimeoutBodyContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
