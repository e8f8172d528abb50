package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualTaskGroupFailureTest extends TaskGroupFailureContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
