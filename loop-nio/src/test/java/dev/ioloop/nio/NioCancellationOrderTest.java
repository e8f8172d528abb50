package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CancellationOrderContract;

final class NioCancellationOrderTest extends CancellationOrderContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
