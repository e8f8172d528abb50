package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.VirtualTimePoller;
import java.time.Duration;

final class VirtualTimeoutBodyTest extends TimeoutBodyContract {
  private final VirtualTimePoller poller = new VirtualTimePoller();

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", poller);
  }

  @Override
  protected void passTime() {
    poller.advance(Duration.ofMillis(1));
  }
}
