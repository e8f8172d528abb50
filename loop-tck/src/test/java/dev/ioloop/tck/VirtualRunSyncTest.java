package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualRunSyncTest extends RunSyncContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
