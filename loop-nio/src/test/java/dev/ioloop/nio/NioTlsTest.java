package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsContract;

final class NioTlsTest extends TlsContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
