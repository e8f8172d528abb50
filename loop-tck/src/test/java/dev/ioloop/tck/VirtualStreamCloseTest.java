package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStreamCloseTest extends StreamCloseContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
