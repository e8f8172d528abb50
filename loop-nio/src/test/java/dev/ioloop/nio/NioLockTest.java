package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LockContract;

final class NioLockTest extends LockContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
