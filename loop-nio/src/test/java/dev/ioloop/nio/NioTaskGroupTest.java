package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.TaskGroupContract;

final class NioTaskGroupTest extends TaskGroupContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
