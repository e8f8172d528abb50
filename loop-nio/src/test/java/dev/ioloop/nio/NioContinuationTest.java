package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ContinuationContract;

final class NioContinuationTest extends ContinuationContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
