package dev.ioloop.netty;

import org.junit.jupiter.api.BeforeAll;

class KQueuePollerTest extends PollerTest {

  @BeforeAll
  static void skipWhereThereIsNone() {
    Pollers.assumeAvailable(new KQueueProvider());
  }

  @Override
  NettyPoller newPoller() {
    return Pollers.kqueue();
  }
}
