package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LockThreadContract;

final class NioLockThreadTest extends LockThreadContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
