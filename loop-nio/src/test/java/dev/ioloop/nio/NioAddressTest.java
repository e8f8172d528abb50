package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.AddressContract;

final class NioAddressTest extends AddressContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
