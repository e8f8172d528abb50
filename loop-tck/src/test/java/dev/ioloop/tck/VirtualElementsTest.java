package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualElementsTest extends ElementsContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
