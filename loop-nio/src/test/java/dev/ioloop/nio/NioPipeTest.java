package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.PipeContract;

final class NioPipeTest extends PipeContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
