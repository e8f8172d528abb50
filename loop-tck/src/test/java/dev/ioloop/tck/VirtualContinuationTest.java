package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualContinuationTest extends ContinuationContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
