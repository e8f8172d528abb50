package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.QueueJoinContract;

final class NioQueueJoinTest extends QueueJoinContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
