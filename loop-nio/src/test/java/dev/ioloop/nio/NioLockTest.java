package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.LockContract;

final class NioLockTest extends LockContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
