package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.StreamTextContract;

final class NioStreamTextTest extends StreamTextContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
