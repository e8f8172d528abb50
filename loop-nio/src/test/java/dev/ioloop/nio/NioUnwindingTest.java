package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.UnwindingContract;

final class NioUnwindingTest extends UnwindingContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
