package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import io.netty.channel.IoHandle;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * One watched descriptor: the loop's registration and Netty's handle in one object. Subclasses tell
 * the kernel what to watch and report what it found. The descriptor belongs to the user and is
 * never closed here.
 */
abstract class FdWatch implements IoHandle, Registration {

  final NettyPoller poller;
  final int fd;

  /** The channel of the descriptor; null for a raw descriptor. */
  final @Nullable SelectableChannel channel;

  private final ReadyHandler handler;

  /** The watched events; zero after {@link #cancel} too. */
  private int events;

  private boolean cancelled;

  /**
   * The poll during which the watch began. Events that this poll found belong to an earlier watch.
   */
  private int askedIn;

  FdWatch(NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    this.poller = poller;
    this.fd = fd;
    this.channel = channel;
    this.handler = handler;
  }

  /**
   * Tells the kernel to watch for {@code now} instead of {@code before}. Zero means nothing, not
   * even errors.
   *
   * @throws Exception if the kernel refuses
   */
  abstract void ask(int before, int now) throws Exception;

  @Override
  public final void update(int events) {
    if (channel == null) {
      Events.check(events);
    } else {
      Events.check(channel, events);
    }
    if (cancelled || events == this.events) {
      return;
    }
    int before = this.events;
    if (before == 0) {
      askedIn = poller.polls();
    }
    try {
      tell(before, events);
    } catch (Exception e) {
      throw new IllegalArgumentException(
          (channel == null ? "file descriptor " + fd : channel)
              + " cannot be watched: "
              + reason(e),
          e);
    }
    this.events = events;
  }

  @Override
  public final void cancel() {
    if (cancelled) {
      return;
    }
    cancelled = true;
    int before = events;
    events = 0;
    poller.forget(this);
    if (before != 0) {
      try {
        tell(before, 0);
      } catch (Exception e) {
        // The user closed the descriptor first, so the kernel no longer knows it.
      }
    }
  }

  private void tell(int before, int now) throws Exception {
    Thread owner = poller.becomeOwner();
    try {
      ask(before, now);
    } finally {
      poller.restoreOwner(owner);
    }
  }

  /** Calls the handler if it still wants the events. Never throws. */
  final void fire(int ready) {
    int wanted = ready & (events | Events.ERROR);
    if (events == 0 || wanted == 0 || askedIn == poller.polls()) {
      return;
    }
    try {
      handler.ready(wanted);
    } catch (Throwable e) {
      poller.failed(e);
    }
  }

  /**
   * Returns whether the channel was closed while it was watched. For a raw descriptor this is
   * always false.
   */
  final boolean closedByUser() {
    return channel != null && !channel.isOpen();
  }

  /** Called by Netty when its event loop shuts down. */
  @Override
  public final void close() {
    cancel();
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }
}
