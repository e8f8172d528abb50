package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ExecutorContract;

final class NioExecutorTest extends ExecutorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
