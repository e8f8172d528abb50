package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.SpawnContract;

final class NioSpawnTest extends SpawnContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
