package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualUnwindingTest extends UnwindingContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
