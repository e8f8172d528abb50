package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.QueueContract;

final class NioQueueTest extends QueueContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
