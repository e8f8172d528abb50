package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.SemaphoreContract;

final class NioSemaphoreTest extends SemaphoreContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
