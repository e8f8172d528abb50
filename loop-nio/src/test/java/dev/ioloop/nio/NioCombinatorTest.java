package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CombinatorContract;

final class NioCombinatorTest extends CombinatorContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
