package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualStreamTextTest extends StreamTextContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
