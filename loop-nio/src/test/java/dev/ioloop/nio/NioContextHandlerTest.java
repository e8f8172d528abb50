package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ContextHandlerContract;

final class NioContextHandlerTest extends ContextHandlerContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
