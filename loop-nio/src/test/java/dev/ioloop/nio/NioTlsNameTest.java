package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.TlsNameContract;

final class NioTlsNameTest extends TlsNameContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
