package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStreamReadTest extends StreamReadContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
