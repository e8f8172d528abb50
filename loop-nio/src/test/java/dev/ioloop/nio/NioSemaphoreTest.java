package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.SemaphoreContract;

final class NioSemaphoreTest extends SemaphoreContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
