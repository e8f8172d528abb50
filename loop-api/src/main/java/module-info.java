/**
 * The loop, its futures and its coroutines: {@link dev.ioloop.IOLoop}, {@link dev.ioloop.Future}
 * and {@link dev.ioloop.Gen}. A backend module supplies the poller; see {@link dev.ioloop.spi}.
 */
module dev.ioloop {
  requires static org.jspecify;
  requires static java.instrument;
  requires static java.management;
  requires static jdk.jfr;
  requires static jdk.unsupported; // signals, by reflection

  exports dev.ioloop;
  exports dev.ioloop.locks;
  exports dev.ioloop.queues;
  exports dev.ioloop.net;
  exports dev.ioloop.process;
  exports dev.ioloop.spi;

  uses dev.ioloop.spi.PollerProvider;
  uses dev.ioloop.spi.ThreadLocalCarrier;
  uses dev.ioloop.spi.YieldConverter;
}
