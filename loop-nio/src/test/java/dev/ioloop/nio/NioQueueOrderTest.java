package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.QueueOrderContract;

final class NioQueueOrderTest extends QueueOrderContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
