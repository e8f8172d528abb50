package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.RunSyncContract;

final class NioRunSyncTest extends RunSyncContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
