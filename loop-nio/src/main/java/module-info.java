/** The backend "nio": a {@link java.nio.channels.Selector} and nothing but the JDK. */
module dev.ioloop.nio {
  requires dev.ioloop;
  requires static org.jspecify;

  provides dev.ioloop.spi.PollerProvider with
      dev.ioloop.nio.NioPollerProvider;
}
