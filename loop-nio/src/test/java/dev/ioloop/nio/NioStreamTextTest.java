package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StreamTextContract;

final class NioStreamTextTest extends StreamTextContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
