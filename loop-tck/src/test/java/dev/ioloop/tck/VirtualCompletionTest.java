package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualCompletionTest extends CompletionContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
