package dev.ioloop;

import dev.ioloop.fiber.Sneaky;
import dev.ioloop.jfr.Flight;
import dev.ioloop.jfr.FlightEvents;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The channels and file descriptors that one loop watches, with their handlers. It keeps the
 * promises that do not depend on the backend: a handler that was removed, or whose channel was
 * closed, is not called any more, and what a handler throws does not reach the poller.
 */
final class Watches {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");
  private static final int ALL = IOLoop.READ | IOLoop.WRITE | IOLoop.ERROR;
  private static final int MIN_SWEEP = 64;

  final class Watch implements ReadyHandler, Runnable {
    final @Nullable SelectableChannel channel;
    final IOHandler handler;
    int events;
    @Nullable Registration registration;
    boolean removed;

    /** What the handler is to be called with. */
    private int found;

    Watch(@Nullable SelectableChannel channel, IOHandler handler, int events) {
      this.channel = channel;
      this.handler = handler;
      this.events = events;
    }

    @Override
    public void ready(int ready) {
      int wanted = ready & (events | IOLoop.ERROR);
      if (removed || wanted == 0 || isClosed()) {
        return;
      }
      Object event = Flight.slowTurns ? FlightEvents.beginTurn() : null;
      found = wanted;
      try {
        Calls.run(loop, this);
      } catch (Throwable e) {
        loop.failedInPoll(e);
      }
      if (event != null) {
        FlightEvents.endTurn(event, loop, 0, handler);
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

  private final IOLoop loop;
  private final Poller poller;

  /** By channel, or by the number of a file descriptor. */
  private final Map<Object, Watch> watches = new HashMap<>();

  /** The size at which channels that were closed without being removed are looked for. */
  private int sweepAt = MIN_SWEEP;

  Watches(IOLoop loop, Poller poller) {
    this.loop = loop;
    this.poller = poller;
  }

  void add(SelectableChannel channel, IOHandler handler, int events) {
    Objects.requireNonNull(channel, "channel == null");
    check(channel, handler, events);
    if (!channel.isOpen()) {
      throw new IllegalArgumentException("the channel is closed: " + channel);
    }
    if (channel.isBlocking()) {
      throw new IllegalArgumentException(
          "the channel is blocking; call configureBlocking(false) first: " + channel);
    }
    checkPossible(channel, events);
    Watch watch = new Watch(channel, handler, events);
    watch.registration = poller.register(channel, events, watch);
    put(channel, watch);
  }

  void add(int fd, IOHandler handler, int events) {
    if (fd < 0) {
      throw new IllegalArgumentException("fd < 0: " + fd);
    }
    check(fd, handler, events);
    Watch watch = new Watch(null, handler, events);
    watch.registration = poller.register(fd, events, watch);
    put(fd, watch);
  }

  private void check(Object key, IOHandler handler, int events) {
    Objects.requireNonNull(handler, "handler == null");
    check(events);
    Watch present = watches.get(key);
    if (present != null && present.isClosed()) {
      remove(key);
    } else if (present != null) {
      throw new IllegalArgumentException(
          "there is a handler already; use updateHandler() or removeHandler(): " + key);
    }
  }

  private static void check(int events) {
    if ((events & ~ALL) != 0) {
      throw new IllegalArgumentException(
          "events are a combination of READ, WRITE and ERROR, but were: 0x"
              + Integer.toHexString(events));
    }
  }

  /** Refuses events that a channel of this kind never has. */
  private static void checkPossible(SelectableChannel channel, int events) {
    checkPossible(
        channel, "READ", events & IOLoop.READ, SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
    checkPossible(
        channel, "WRITE", events & IOLoop.WRITE, SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
  }

  private static void checkPossible(
      SelectableChannel channel, String name, int wanted, int operations) {
    if (wanted != 0 && (channel.validOps() & operations) == 0) {
      throw new IllegalArgumentException(
          "a channel of this kind is never ready for " + name + ": " + channel);
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

  void update(Object key, int events) {
    check(events);
    Watch watch = watches.get(key);
    if (watch == null) {
      throw new IllegalArgumentException("there is no handler; use addHandler(): " + key);
    }
    if (watch.channel != null) {
      checkPossible(watch.channel, events);
    }
    watch.events = events;
    watch.registration.update(events);
  }

  void remove(Object key) {
    Watch watch = watches.remove(key);
    if (watch != null) {
      watch.remove();
    }
  }

  int size() {
    return watches.size();
  }

  /** Stops watching everything, and closes the channels if {@code channels} is true. */
  void close(boolean channels) {
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
