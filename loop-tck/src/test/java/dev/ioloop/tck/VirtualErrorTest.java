package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualErrorTest extends ErrorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
