package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualLockThreadTest extends LockThreadContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
