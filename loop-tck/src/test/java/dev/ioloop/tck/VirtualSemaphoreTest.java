package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualSemaphoreTest extends SemaphoreContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
