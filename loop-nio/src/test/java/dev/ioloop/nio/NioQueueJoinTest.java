package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.QueueJoinContract;

final class NioQueueJoinTest extends QueueJoinContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
