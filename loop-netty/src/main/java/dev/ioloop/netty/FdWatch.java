package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import io.netty.channel.IoHandle;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * One watched descriptor: the loop's registration and Netty's handle in one object. Subclasses tell
 * the kernel what is wanted and report what it found; nothing here closes the descriptor, which is
 * the user's.
 */
abstract class FdWatch implements IoHandle, Registration {

  final NettyPoller poller;
  final int fd;

  /** The channel that the descriptor was read from, null for a raw one. */
  final @Nullable SelectableChannel channel;

  private final ReadyHandler handler;

  /** What is watched; zero also after {@link #cancel}. */
  private int events;

  private boolean cancelled;

  /**
   * The poll during which the kernel was first asked: what that poll had found before is not ours.
   */
  private int askedIn;

  FdWatch(NettyPoller poller, int fd, @Nullable SelectableChannel channel, ReadyHandler handler) {
    this.poller = poller;
    this.fd = fd;
    this.channel = channel;
    this.handler = handler;
  }

  /**
   * Has the kernel watch for {@code now} in place of {@code before}; zero is nothing at all, not
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
        // The user closed the descriptor first, and the kernel has forgotten it.
      }
    }
  }

  private void tell(int before, int now) throws Exception {
    Thread owner = poller.takeTurn();
    try {
      ask(before, now);
    } finally {
      poller.endTurn(owner);
    }
  }

  /** Tells the handler, unless it no longer wants to know. Never throws. */
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

  /** Returns whether the channel was closed while it was watched. A raw descriptor cannot tell. */
  final boolean closedByUser() {
    return channel != null && !channel.isOpen();
  }

  /** Called by Netty when its loop shuts down. */
  @Override
  public final void close() {
    cancel();
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }
}
