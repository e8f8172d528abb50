package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CancellationContract;

final class NioCancellationTest extends CancellationContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
