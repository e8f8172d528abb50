package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.LeakContract;

final class NioLeakTest extends LeakContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
