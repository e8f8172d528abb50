package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StartStopContract;

final class NioStartStopTest extends StartStopContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
