package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.TlsFailureContract;

final class NioTlsFailureTest extends TlsFailureContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
