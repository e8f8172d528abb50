package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualContextTest extends ContextContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
