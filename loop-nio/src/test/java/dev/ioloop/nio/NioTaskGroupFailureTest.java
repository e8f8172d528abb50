package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TaskGroupFailureContract;

final class NioTaskGroupFailureTest extends TaskGroupFailureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
