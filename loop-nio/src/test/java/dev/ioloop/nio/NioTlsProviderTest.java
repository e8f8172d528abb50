package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.TlsProviderContract;

final class NioTlsProviderTest extends TlsProviderContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
