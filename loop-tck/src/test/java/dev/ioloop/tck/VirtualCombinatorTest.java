package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCombinatorTest extends CombinatorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
