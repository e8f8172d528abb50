package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualGeneratorTest extends GeneratorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
