/**
 * What users test their coroutines with, in {@link dev.ioloop.testing}, and the contract that every
 * backend of the loop keeps, in {@link dev.ioloop.testing.contract}.
 */
module dev.ioloop.testing {
  requires transitive dev.ioloop;
  requires transitive java.logging;
  requires java.management;
  requires static transitive org.jspecify;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.assertj.core;

  uses dev.ioloop.spi.PollerProvider;

  exports dev.ioloop.testing;
  exports dev.ioloop.testing.contract;

  // JUnit makes extensions and calls test methods that are not public.
  opens dev.ioloop.testing;
  opens dev.ioloop.testing.contract;
}
