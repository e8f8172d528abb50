/** Support for users who test coroutines; see {@link dev.ioloop.testing}. */
module dev.ioloop.testing {
  requires transitive dev.ioloop;
  requires transitive java.logging;
  requires java.management;
  requires static transitive org.jspecify;
  requires static transitive org.junit.jupiter.api;

  uses dev.ioloop.spi.PollerProvider;

  exports dev.ioloop.testing;

  // JUnit makes extensions that are not public.
  opens dev.ioloop.testing;
}
