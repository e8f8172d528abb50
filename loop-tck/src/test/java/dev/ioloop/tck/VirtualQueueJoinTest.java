package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualQueueJoinTest extends QueueJoinContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
