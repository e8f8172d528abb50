package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStartStopTest extends StartStopContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
