package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.VirtualTimePoller;
import java.time.Duration;

/** The clock starts shortly before it overflows, so every deadline lies beyond the overflow. */
final class OverflowingClockTest extends TimeoutContract {
  private final VirtualTimePoller poller = new VirtualTimePoller(Long.MAX_VALUE - 1_000);

  @Override
  protected IOLoop newLoop() {
    return IOLoop.create("virtual", poller);
  }

  @Override
  protected void passTime() {
    poller.advance(Duration.ofNanos(100));
  }
}
