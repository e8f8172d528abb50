package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TaskGroupContract;

final class NioTaskGroupTest extends TaskGroupContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
