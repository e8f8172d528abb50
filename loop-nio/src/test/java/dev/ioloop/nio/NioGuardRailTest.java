package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.GuardRailContract;

final class NioGuardRailTest extends GuardRailContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
