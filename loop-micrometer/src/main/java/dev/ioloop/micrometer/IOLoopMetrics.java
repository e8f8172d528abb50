package dev.ioloop.micrometer;

import dev.ioloop.IOLoop;
import dev.ioloop.net.TCPServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The meters of one loop:
 *
 * <ul>
 *   <li>{@code ioloop.lag}: a timer of the loop's lateness for a callback that is due ten times a
 *       second;
 *   <li>{@code ioloop.turns}, {@code ioloop.callbacks}, {@code ioloop.wakeups}: counters;
 *   <li>gauges: {@code ioloop.coroutines}, the suspended coroutines; {@code ioloop.timeouts}, the
 *       pending timeouts; {@code ioloop.queue}, the queued callbacks.
 * </ul>
 *
 * <p>{@link #ofServer} counts a server's connections.
 *
 * <p>If a registry throws, its sample is lost; the loop logs the exception and goes on.
 */
public final class IOLoopMetrics implements MeterBinder, AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(100);

  private final IOLoop loop;
  private final Iterable<Tag> tags;
  private volatile boolean closed;

  /**
   * Makes the meters of {@code loop}.
   *
   * @param tags distinguish it from other loops, such as a tag {@code loop}
   */
  public IOLoopMetrics(IOLoop loop, Iterable<Tag> tags) {
    this.loop = Objects.requireNonNull(loop, "loop == null");
    this.tags = Objects.requireNonNull(tags, "tags == null");
  }

  /**
   * Returns the meter of {@code server}, a gauge named {@code ioloop.connections}: the number of
   * open connections on all of its loops. Safe to call from any thread.
   */
  public static MeterBinder ofServer(TCPServer server, Iterable<Tag> tags) {
    Objects.requireNonNull(server, "server == null");
    Objects.requireNonNull(tags, "tags == null");
    return registry ->
        Gauge.builder("ioloop.connections", server, TCPServer::connections)
            .description("Open connections")
            .tags(tags)
            .register(registry);
  }

  /** Registers the meters. Safe to call from any thread, once for each registry. */
  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("ioloop.turns", loop, l -> l.stats().turns())
        .description("Iterations of the loop")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder("ioloop.callbacks", loop, l -> l.stats().callbacks())
        .description("Callbacks run, resumptions of coroutines included")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder("ioloop.wakeups", loop, l -> l.stats().wakeups())
        .description("Polls that another thread ended")
        .tags(tags)
        .register(registry);
    Gauge.builder("ioloop.coroutines", loop, l -> l.stats().coroutinesSuspended())
        .description("Suspended coroutines")
        .tags(tags)
        .register(registry);
    Gauge.builder("ioloop.queue", loop, l -> l.stats().callbacksQueued())
        .description("Queued callbacks")
        .tags(tags)
        .register(registry);
    Gauge.builder("ioloop.timeouts", loop, l -> l.stats().timeoutsPending())
        .description("Pending timeouts")
        .tags(tags)
        .register(registry);
    Timer lag =
        Timer.builder("ioloop.lag")
            .description("By how much the loop was late")
            .publishPercentileHistogram()
            .tags(tags)
            .register(registry);
    loop.addCallback(() -> measureLater(lag));
  }

  private void measureLater(Timer lag) {
    if (!closed) {
      long due = loop.time() + PERIOD.toNanos();
      loop.callAt(due, () -> measure(lag, due));
    }
  }

  private void measure(Timer lag, long due) {
    long late = Math.max(0, loop.time() - due);
    measureLater(lag); // first, because a registry may throw
    lag.record(late, TimeUnit.NANOSECONDS);
  }

  /** Stops measuring the lag. Registered meters stay. Safe to call from any thread. */
  @Override
  public void close() {
    closed = true;
  }
}
