package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.contract.AddressContract;

final class NioAddressTest extends AddressContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
