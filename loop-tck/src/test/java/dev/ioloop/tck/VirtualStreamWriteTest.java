package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStreamWriteTest extends StreamWriteContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
