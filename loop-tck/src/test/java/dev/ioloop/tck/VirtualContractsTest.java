package dev.ioloop.tck;

import dev.ioloop.IOLoop;
import dev.ioloop.testing.VirtualTimePoller;
import java.time.Duration;

/** The contracts in virtual time. */
@Backend(
    value = "virtual",
    lacks = {Capability.CHANNELS, Capability.REAL_TIME})
final class VirtualContractsTest extends BackendContracts {
  private VirtualTimePoller poller = new VirtualTimePoller();

  @Override
  protected IOLoop newLoop() {
    poller = new VirtualTimePoller();
    return IOLoop.create("virtual", poller);
  }

  @Override
  protected void passTime() {
    poller.advance(Duration.ofNanos(100));
  }
}
