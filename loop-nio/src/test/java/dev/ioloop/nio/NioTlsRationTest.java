package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsRationContract;

final class NioTlsRationTest extends TlsRationContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
