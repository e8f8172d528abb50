package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsNameContract;

final class NioTlsNameTest extends TlsNameContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
