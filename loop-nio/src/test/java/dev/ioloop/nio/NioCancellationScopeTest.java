package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CancellationScopeContract;

final class NioCancellationScopeTest extends CancellationScopeContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
