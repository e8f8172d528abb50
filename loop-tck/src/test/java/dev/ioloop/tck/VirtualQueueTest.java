package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualQueueTest extends QueueContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
