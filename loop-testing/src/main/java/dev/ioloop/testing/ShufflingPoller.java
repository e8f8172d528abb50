package dev.ioloop.testing;

import dev.ioloop.IOLoop;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.PollerProvider;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A poller that shuffles every order that a loop does not promise, so that code which relies on one
 * fails in tests and not in production: the order in which the channels of one poll are handled,
 * the poll that finds them, and the lateness of timeouts, up to a millisecond. The loop's promises
 * still hold: callbacks and timeouts keep their order, no timeout comes early, and a poll serves
 * everything that is ready.
 *
 * <pre>{@code
 * try (IOLoop loop = ShufflingPoller.newLoop("nio", seed)) {
 *   loop.runSync(() -> transfer(100));
 * }
 * }</pre>
 *
 * <p>The same seed makes the same choices. The whole run repeats if the poller below and other
 * threads behave the same, as in virtual time. {@link GenTest#shuffled} does this for a test.
 */
public final class ShufflingPoller implements Poller {

  /** One poll in this many finds nothing, as if every event came a moment later. */
  private static final int EMPTY_POLLS = 4;

  private static final int MAX_LATE_NANOS = 1_000_000;

  private final Poller poller;
  private final Random random;

  /** The events that the present poll has found. */
  private final List<Found> found = new ArrayList<>();

  private record Found(Watch watch, int events) {}

  /** One watched channel. */
  private final class Watch implements ReadyHandler, Registration {
    private final ReadyHandler handler;
    private int wanted;
    private @Nullable Registration registration;
    private boolean cancelled;

    Watch(int wanted, ReadyHandler handler) {
      this.wanted = wanted;
      this.handler = handler;
    }

    @Override
    public void ready(int events) {
      found.add(new Found(this, events));
    }

    /** Calls the handler, and tells the poller, which did not see the call. */
    void handle(int events) {
      if (!cancelled) {
        handler.ready(events);
      }
      if (!cancelled) {
        update(wanted);
      }
    }

    @Override
    public void update(int events) {
      wanted = events;
      Objects.requireNonNull(registration).update(events);
    }

    @Override
    public void cancel() {
      cancelled = true;
      Objects.requireNonNull(registration).cancel();
    }
  }

  /** Makes a poller on top of {@code poller}, and will close that, too. */
  public ShufflingPoller(Poller poller, long seed) {
    this.poller = Objects.requireNonNull(poller, "poller == null");
    this.random = new Random(new SplittableRandom(seed).nextLong()); // because seeds may be similar
  }

  /**
   * Makes a loop on a backend whose orders are shuffled. Safe to call from any thread.
   *
   * @throws IllegalArgumentException if there is no such backend
   */
  public static IOLoop newLoop(String backend, long seed) {
    Objects.requireNonNull(backend, "backend == null");
    Poller poller =
        ServiceLoader.load(PollerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals(backend))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no backend \"" + backend + "\"; there are " + IOLoop.backends()))
            .create();
    return IOLoop.create("shuffled " + backend, new ShufflingPoller(poller, seed));
  }

  @Override
  public long nanoTime() {
    return poller.nanoTime();
  }

  @Override
  public void bind() {
    poller.bind();
  }

  @Override
  public int poll(long timeoutNanos) {
    boolean waits = timeoutNanos > 0 && timeoutNanos < Long.MAX_VALUE - MAX_LATE_NANOS;
    int events = poller.poll(waits ? timeoutNanos + random.nextInt(MAX_LATE_NANOS) : timeoutNanos);
    if (found.isEmpty()) {
      return events;
    }
    List<Found> shuffled = new ArrayList<>(found);
    found.clear();
    if (random.nextInt(EMPTY_POLLS) == 0) {
      return 0; // Nothing is lost: pollers are level-triggered.
    }
    Collections.shuffle(shuffled, random);
    shuffled.forEach(each -> each.watch.handle(each.events));
    return events;
  }

  @Override
  public boolean mayBusyPoll() {
    return poller.mayBusyPoll();
  }

  @Override
  public boolean waits(List<StackTraceElement> frames) {
    int end = frames.size();
    while (end > 0 && frames.get(end - 1).getClassName().equals(ShufflingPoller.class.getName())) {
      end--;
    }
    return poller.waits(frames.subList(0, end));
  }

  @Override
  public void wakeup() {
    poller.wakeup();
  }

  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    Watch watch = new Watch(events, handler);
    watch.registration = poller.register(channel, events, watch);
    return watch;
  }

  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    Watch watch = new Watch(events, handler);
    watch.registration = poller.register(fd, events, watch);
    return watch;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return poller.unwrap(type);
  }

  @Override
  public void close() {
    poller.close();
  }
}
