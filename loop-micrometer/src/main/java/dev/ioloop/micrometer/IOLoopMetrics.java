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
 *   <li>{@code ioloop.lag}: a timer, by how much the loop was late for a callback that is due ten
 *       times a second;
 *   <li>{@code ioloop.turns}, {@code ioloop.callbacks}, {@code ioloop.wakeups}: counters;
 *   <li>{@code ioloop.coroutines}: how many coroutines are suspended, {@code ioloop.timeouts}: how
 *       many timeouts are pending, and {@code ioloop.queue}: how many callbacks are queued.
 * </ul>
 *
 * <p>A server's connections are counted by {@link #ofServer}.
 *
 * <p>A registry that throws costs its sample; the loop logs the exception and goes on.
 */
public final class IOLoopMetrics implements MeterBinder, AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(100);

  private final IOLoop loop;
  private final Iterable<Tag> tags;
  private volatile boolean closed;

  /**
   * Makes the meters of {@code loop}.
   *
   * @param tags tell it from others, such as a tag {@code loop}
   */
  public IOLoopMetrics(IOLoop loop, Iterable<Tag> tags) {
    this.loop = Objects.requireNonNull(loop, "loop == null");
    this.tags = Objects.requireNonNull(tags, "tags == null");
  }

  /**
   * Returns the meter of {@code server}, a gauge named {@code ioloop.connections}: how many
   * connections are open on all of its loops. Safe to call from any thread.
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

  /** Ends the measuring of the lag. What was registered stays. Safe to call from any thread. */
  @Override
  public void close() {
    closed = true;
  }
}
