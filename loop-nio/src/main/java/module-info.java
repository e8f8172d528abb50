/** The backend "nio": a {@link java.nio.channels.Selector}, with no dependency beyond the JDK. */
module dev.ioloop.nio {
  requires dev.ioloop;
  requires static org.jspecify;

  provides dev.ioloop.spi.PollerProvider with
      dev.ioloop.nio.NioPollerProvider;
}
