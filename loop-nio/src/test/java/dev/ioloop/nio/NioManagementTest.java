package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ManagementContract;

final class NioManagementTest extends ManagementContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
