package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualYieldableTest extends YieldableContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
