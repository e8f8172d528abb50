package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCoroutineTest extends CoroutineContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
