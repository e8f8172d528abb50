package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.QueueContract;

final class NioQueueTest extends QueueContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
