package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ServerLoopsContract;

final class NioServerLoopsTest extends ServerLoopsContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
