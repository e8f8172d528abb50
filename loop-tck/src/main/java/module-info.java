/** The contracts that every backend keeps; see {@link dev.ioloop.tck}. */
module dev.ioloop.tck {
  requires transitive dev.ioloop;
  requires transitive dev.ioloop.testing;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires java.management;
  requires static transitive org.jspecify;

  uses dev.ioloop.spi.PollerProvider;

  exports dev.ioloop.tck;

  // JUnit calls test methods that are not public.
  opens dev.ioloop.tck;
}
