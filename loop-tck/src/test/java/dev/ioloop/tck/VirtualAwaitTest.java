package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualAwaitTest extends AwaitContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
