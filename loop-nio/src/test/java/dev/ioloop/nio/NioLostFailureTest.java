package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.LostFailureContract;

final class NioLostFailureTest extends LostFailureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
