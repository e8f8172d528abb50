package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCancellationOrderTest extends CancellationOrderContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
