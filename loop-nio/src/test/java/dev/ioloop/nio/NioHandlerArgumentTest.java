package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.HandlerArgumentContract;

final class NioHandlerArgumentTest extends HandlerArgumentContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
