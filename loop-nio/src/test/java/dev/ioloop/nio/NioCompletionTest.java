package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.CompletionContract;

final class NioCompletionTest extends CompletionContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
