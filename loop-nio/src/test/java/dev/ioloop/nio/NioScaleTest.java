package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ScaleContract;

final class NioScaleTest extends ScaleContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
