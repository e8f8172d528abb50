package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualAnySuccessfulTest extends AnySuccessfulContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
