package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StackTraceContract;

final class NioStackTraceTest extends StackTraceContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
