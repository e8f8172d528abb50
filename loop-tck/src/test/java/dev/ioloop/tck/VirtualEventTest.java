package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualEventTest extends EventContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
