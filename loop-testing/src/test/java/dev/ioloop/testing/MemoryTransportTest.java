package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.StreamTransport;
import dev.ioloop.testing.contract.StreamTransportContract;
import java.util.List;

/** That the transport in memory can be relied on as a socket can. */
final class MemoryTransportTest extends StreamTransportContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  @Override
  protected List<StreamTransport> open() {
    MemoryTransport left = new MemoryTransport(loop, 1000, 1000);
    MemoryTransport right = new MemoryTransport(loop, 1000, 1000);
    left.join(right);
    return List.of(left, right);
  }
}
