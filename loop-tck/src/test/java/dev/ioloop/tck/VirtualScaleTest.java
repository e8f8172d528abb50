package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualScaleTest extends ScaleContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
