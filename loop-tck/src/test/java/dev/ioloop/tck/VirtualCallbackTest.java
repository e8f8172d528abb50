package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCallbackTest extends CallbackContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
