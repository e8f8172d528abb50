package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.WatchdogContract;

final class NioWatchdogTest extends WatchdogContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
