package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.StatsContract;

final class NioStatsTest extends StatsContract {
  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("nio");
  }
}
