package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCancellationScopeTest extends CancellationScopeContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
