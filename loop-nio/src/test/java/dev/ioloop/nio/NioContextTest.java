package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ContextContract;

final class NioContextTest extends ContextContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
