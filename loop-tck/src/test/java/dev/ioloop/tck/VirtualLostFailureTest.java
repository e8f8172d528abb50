package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualLostFailureTest extends LostFailureContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
