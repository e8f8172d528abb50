package dev.ioloop.testing.contract;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.Testing;

final class VirtualDumpTest extends DumpContract {
  @Override
  protected IOLoop newLoop() {
    return Testing.virtualLoop();
  }
}
