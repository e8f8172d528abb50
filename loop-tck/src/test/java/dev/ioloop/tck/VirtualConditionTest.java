package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualConditionTest extends ConditionContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
