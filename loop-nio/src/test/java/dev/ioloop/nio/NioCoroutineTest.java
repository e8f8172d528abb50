package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CoroutineContract;

final class NioCoroutineTest extends CoroutineContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
