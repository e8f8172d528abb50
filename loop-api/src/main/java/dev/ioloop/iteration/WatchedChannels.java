package dev.ioloop.iteration;

import dev.ioloop.diagnostics.Flight;
import dev.ioloop.diagnostics.FlightEvents;
import dev.ioloop.fiber.Sneaky;
import dev.ioloop.spi.Events;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The channels and file descriptors that one loop watches, with their handlers. This class keeps
 * the promises that do not depend on the backend: a handler that was removed, or whose channel was
 * closed, is no longer called, and an exception from a handler does not reach the poller.
 */
public final class WatchedChannels {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int MIN_SWEEP = 64;

  /** Called with the ready events of a channel. */
  public interface Handler {
    void handle(int events) throws Exception;
  }

  /** One watched channel or file descriptor. */
  public final class Watch implements ReadyHandler, Runnable {
    final @Nullable SelectableChannel channel;

    /** The object that the user passed, for messages. */
    public final Object source;

    private final Handler handler;
    int events;
    @Nullable Registration registration;
    boolean removed;

    /** The events to call the handler with. */
    private int found;

    Watch(@Nullable SelectableChannel channel, Object source, Handler handler, int events) {
      this.channel = channel;
      this.source = source;
      this.handler = handler;
      this.events = events;
    }

    @Override
    public void ready(int ready) {
      int wanted = ready & (events | Events.ERROR);
      if (removed || wanted == 0 || isClosed()) {
        return;
      }
      Object event = Flight.slowTurns ? FlightEvents.beginTurn() : null;
      found = wanted;
      try {
        Calls.run(hooks, this);
      } catch (Throwable e) {
        iterations.throwAfterPoll(e);
      }
      if (event != null) {
        FlightEvents.endTurn(event, hooks, 0, source);
      }
    }

    /** Calls the handler. */
    @Override
    public void run() {
      try {
        handler.handle(found);
      } catch (Exception e) {
        throw Sneaky.raise(e);
      }
    }

    boolean isClosed() {
      return channel != null && !channel.isOpen();
    }

    void remove() {
      removed = true;
      if (registration != null) {
        registration.cancel();
      }
    }
  }

  private final LoopHooks hooks;
  private final IterationRunner iterations;
  private final Poller poller;

  /** By channel, or by file descriptor. */
  private final Map<Object, Watch> watches = new HashMap<>();

  /** The size at which to look for channels that were closed without being removed. */
  private int sweepAt = MIN_SWEEP;

  public WatchedChannels(LoopHooks hooks, IterationRunner iterations, Poller poller) {
    this.hooks = hooks;
    this.iterations = iterations;
    this.poller = poller;
  }

  public void add(SelectableChannel channel, Object source, Handler handler, int events) {
    Objects.requireNonNull(channel, "channel == null");
    check(channel, events);
    if (!channel.isOpen()) {
      throw new IllegalArgumentException("the channel is closed: " + channel);
    }
    if (channel.isBlocking()) {
      throw new IllegalArgumentException(
          "the channel is blocking; call configureBlocking(false) first: " + channel);
    }
    Events.check(channel, events);
    Watch watch = new Watch(channel, source, handler, events);
    watch.registration = poller.register(channel, events, watch);
    put(channel, watch);
  }

  public void add(int fd, Object source, Handler handler, int events) {
    if (fd < 0) {
      throw new IllegalArgumentException("fd < 0: " + fd);
    }
    check(fd, events);
    Watch watch = new Watch(null, source, handler, events);
    watch.registration = poller.register(fd, events, watch);
    put(fd, watch);
  }

  private void check(Object key, int events) {
    Events.check(events);
    Watch present = watches.get(key);
    if (present != null && present.isClosed()) {
      remove(key);
    } else if (present != null) {
      throw new IllegalArgumentException(
          "there is already a handler; use updateHandler() or removeHandler(): " + key);
    }
  }

  private void put(Object key, Watch watch) {
    watches.put(key, watch);
    if (watches.size() > sweepAt) {
      watches
          .values()
          .removeIf(
              present -> {
                boolean gone = present.isClosed();
                if (gone) {
                  present.remove();
                }
                return gone;
              });
      sweepAt = Math.max(MIN_SWEEP, watches.size() * 2);
    }
  }

  public void update(Object key, int events) {
    Events.check(events);
    Watch watch = watches.get(key);
    if (watch == null) {
      throw new IllegalArgumentException("there is no handler; use addHandler(): " + key);
    }
    if (watch.channel != null) {
      Events.check(watch.channel, events);
    }
    watch.events = events;
    Registration registration = watch.registration;
    if (registration != null) { // Every watch in the map has one.
      registration.update(events);
    }
  }

  public void remove(Object key) {
    Watch watch = watches.remove(key);
    if (watch != null) {
      watch.remove();
    }
  }

  public int size() {
    return watches.size();
  }

  /** Stops watching everything, and closes the channels if {@code channels} is true. */
  public void close(boolean channels) {
    for (Watch watch : watches.values()) {
      watch.removed = true;
      if (channels && watch.channel != null) {
        try {
          watch.channel.close();
        } catch (IOException e) {
          LOG.log(System.Logger.Level.DEBUG, "A channel could not be closed", e);
        }
      }
    }
    watches.clear();
  }
}
