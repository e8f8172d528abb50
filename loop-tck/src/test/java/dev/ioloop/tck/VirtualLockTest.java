package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualLockTest extends LockContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
