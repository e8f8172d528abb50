package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.StreamTransport;
import dev.ioloop.testing.MemoryTransport;
import dev.ioloop.testing.Testing;
import java.util.List;

/** Checks that the transport in memory keeps the rules of a socket's. */
final class MemoryTransportTest extends StreamTransportContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }

  @Override
  protected List<StreamTransport> open() {
    return MemoryTransport.pair(loop, 1000, 1000);
  }
}
