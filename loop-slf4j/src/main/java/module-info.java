/** Carries SLF4J's mapped diagnostic context along with the loop's. */
module dev.ioloop.slf4j {
  requires dev.ioloop;
  requires org.slf4j;
  requires static org.jspecify;

  provides dev.ioloop.spi.ThreadLocalCarrier with
      dev.ioloop.slf4j.MdcCarrier;
}
