package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualGuardRailTest extends GuardRailContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
