package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualTaskGroupTest extends TaskGroupContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
