package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualWaitIteratorTest extends WaitIteratorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
