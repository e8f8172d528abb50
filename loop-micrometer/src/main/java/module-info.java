/** Meters of loops, for Micrometer; see {@link dev.ioloop.micrometer.IOLoopMetrics}. */
@SuppressWarnings(
    "requires-transitive-automatic") // Micrometer's jar has a name, but no descriptor.
module dev.ioloop.micrometer {
  requires transitive dev.ioloop;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports dev.ioloop.micrometer;
}
