package dev.ioloop.nio;

import dev.ioloop.IOLoop;
import dev.ioloop.tck.Backend;
import dev.ioloop.tck.BackendContracts;
import dev.ioloop.tck.Capability;
import dev.ioloop.testing.ShufflingPoller;
import java.util.Random;

/** The contracts that are about channels and timeouts, in orders that differ from run to run. */
@Backend(value = "nio", lacks = Capability.ORDER)
final class ShuffledContractsTest extends BackendContracts {
  private static final long SEED = new Random().nextInt(1, Integer.MAX_VALUE);

  static {
    System.out.println("Contracts are shuffled by seed " + SEED);
  }

  @Override
  protected IOLoop newLoop() {
    return ShufflingPoller.newLoop("nio", SEED);
  }
}
