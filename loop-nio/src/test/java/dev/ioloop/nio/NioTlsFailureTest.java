package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsFailureContract;

final class NioTlsFailureTest extends TlsFailureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
