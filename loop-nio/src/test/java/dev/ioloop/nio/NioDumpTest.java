package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.DumpContract;

final class NioDumpTest extends DumpContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
