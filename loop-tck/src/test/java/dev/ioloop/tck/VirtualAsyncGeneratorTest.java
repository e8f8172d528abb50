package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualAsyncGeneratorTest extends AsyncGeneratorContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
