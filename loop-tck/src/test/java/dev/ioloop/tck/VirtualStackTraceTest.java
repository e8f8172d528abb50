package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStackTraceTest extends StackTraceContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
