package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.GuardRailContract;

final class NioGuardRailTest extends GuardRailContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
