package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCancellationTest extends CancellationContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
