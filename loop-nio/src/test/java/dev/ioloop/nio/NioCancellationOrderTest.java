package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.CancellationOrderContract;

final class NioCancellationOrderTest extends CancellationOrderContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
