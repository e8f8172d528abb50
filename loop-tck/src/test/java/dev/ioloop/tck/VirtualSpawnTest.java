package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualSpawnTest extends SpawnContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
