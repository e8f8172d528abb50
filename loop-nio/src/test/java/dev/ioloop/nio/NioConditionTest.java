package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.ConditionContract;

final class NioConditionTest extends ConditionContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
