package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LeakContract;

final class NioLeakTest extends LeakContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
