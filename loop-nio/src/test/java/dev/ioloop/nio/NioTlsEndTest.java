package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsEndContract;

final class NioTlsEndTest extends TlsEndContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
