package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualFutureTest extends FutureContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
