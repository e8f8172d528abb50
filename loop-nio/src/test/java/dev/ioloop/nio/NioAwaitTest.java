package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.AwaitContract;

final class NioAwaitTest extends AwaitContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
