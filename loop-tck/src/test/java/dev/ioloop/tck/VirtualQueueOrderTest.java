package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualQueueOrderTest extends QueueOrderContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
