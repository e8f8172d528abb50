package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualExecutorTest extends ExecutorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
