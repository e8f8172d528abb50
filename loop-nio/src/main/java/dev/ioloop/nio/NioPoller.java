package dev.ioloop.nio;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A poller on a {@link Selector}.
 *
 * <p>Some facts about selectors. {@code select(0)} waits forever; {@code selectNow} does not wait.
 * Waits are in milliseconds, so they are rounded up. A cancelled key blocks a new registration of
 * its channel until a selection has removed it. Errors and the peer's end appear as readiness to
 * read or write, never as an event of their own. A connecting socket reports by OP_CONNECT, which
 * must be removed once it has reported, and must not be set together with OP_WRITE. The system
 * keeps a closed channel open until a selection has removed its key; a listening one would accept
 * connections until then, so its key is removed at once. Every selection consumes the wake-ups
 * before it. An interrupt of the selecting thread ends the current selection and every later one
 * until it is cleared.
 */
final class NioPoller implements Poller {
  private static final System.Logger LOG = System.getLogger("dev.ioloop");

  /** One watched channel; it is the attachment of the channel's key. */
  private static final class Watch implements Registration {
    final SelectableChannel channel;
    final ReadyHandler handler;
    int events;
    boolean cancelled;

    /** Null until the channel is registered with the selector. */
    @Nullable SelectionKey key;

    Watch(SelectableChannel channel, int events, ReadyHandler handler) {
      this.channel = channel;
      this.handler = handler;
      this.events = events;
    }

    void register(Selector selector) throws ClosedChannelException {
      key = channel.register(selector, interest(), this);
    }

    /** Translates the watched events for the current state of the channel. */
    private int interest() {
      int supported = channel.validOps();
      int interest = 0;
      if ((events & Events.READ) != 0) {
        interest |= supported & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
      }
      if ((events & Events.WRITE) != 0) {
        boolean unconnected = channel instanceof SocketChannel socket && !socket.isConnected();
        interest |= unconnected ? SelectionKey.OP_CONNECT : supported & SelectionKey.OP_WRITE;
      }
      return interest;
    }

    @Override
    public void update(int events) {
      this.events = events;
      if (key != null) {
        try {
          key.interestOps(interest());
        } catch (CancelledKeyException e) {
          // The channel was closed; nothing more will be reported.
        }
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (key != null) {
        key.cancel();
        if (channel instanceof ServerSocketChannel && key.selector().isOpen()) {
          forgetCancelled(key.selector());
        }
      }
    }

    void ready() {
      SelectionKey key = this.key;
      if (key == null || !key.isValid()) {
        return;
      }
      int ready = key.readyOps();
      int found = 0;
      if ((ready & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
        found |= Events.READ;
      }
      if ((ready & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
        found |= Events.WRITE;
      }
      handler.ready(found);
      if ((ready & SelectionKey.OP_CONNECT) != 0 && !cancelled) {
        // Connected or failed: from now on OP_WRITE reports readiness to write.
        update(events);
      }
    }
  }

  private final Selector selector;

  /**
   * The watches found by the current selection. Handlers run after it, because a selection holds
   * monitors, which every coroutine that starts in a handler would have to inflate.
   */
  private final List<Watch> found = new ArrayList<>();

  /** Shared by all selections, so that a poll allocates nothing. */
  private final Consumer<SelectionKey> find = key -> found.add((Watch) key.attachment());

  /** Watches of channels whose former key the selector must remove first. */
  private final List<Watch> toRegister = new ArrayList<>();

  /** Whether an interrupt is held back, so that it does not close the channels of handlers. */
  private boolean interrupted;

  private boolean closed;

  NioPoller(Selector selector) {
    this.selector = selector;
  }

  @Override
  public int poll(long timeoutNanos) {
    try {
      boolean registered = !toRegister.isEmpty();
      if (registered) {
        registerAll();
      }
      int count;
      if (timeoutNanos == 0 || registered) { // Registering may have consumed a wake-up.
        count = selector.selectNow(find);
      } else if (timeoutNanos == Long.MAX_VALUE) {
        count = selector.select(find);
      } else {
        count = selector.select(find, roundUpToMillis(timeoutNanos));
      }
      dispatch();
      return count;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "The selector failed", e);
      return 0;
    } finally {
      if (interrupted) {
        interrupted = false;
        Thread.currentThread().interrupt();
      }
    }
  }

  private void dispatch() {
    try {
      for (int i = 0; i < found.size(); i++) {
        interrupted |= Thread.interrupted();
        found.get(i).ready();
      }
    } finally {
      found.clear();
    }
  }

  private static void forgetCancelled(Selector selector) {
    try {
      selector.selectNow(key -> {});
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "The selector failed", e);
    }
  }

  private void registerAll() throws IOException {
    forgetCancelled(selector);
    for (Watch watch : toRegister) {
      if (!watch.cancelled && watch.channel.isOpen()) {
        watch.register(selector);
      }
    }
    toRegister.clear();
  }

  private static long roundUpToMillis(long nanos) {
    return (nanos - 1) / 1_000_000 + 1;
  }

  @Override
  public boolean mayBusyPoll() {
    return true;
  }

  /**
   * Synchronized with {@link #close}: a wake-up writes to a descriptor, whose number might be
   * reused after a close.
   */
  @Override
  public synchronized void wakeup() {
    if (!closed) {
      selector.wakeup();
    }
  }

  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    SelectionKey former = channel.keyFor(selector);
    if (former != null && former.isValid()) {
      throw new IllegalArgumentException(channel + " is already watched");
    }
    Watch watch = new Watch(channel, events, handler);
    try {
      if (former != null) {
        toRegister.add(watch);
      } else {
        watch.register(selector);
      }
    } catch (ClosedChannelException e) {
      throw new IllegalArgumentException("the channel is closed: " + channel, e);
    }
    return watch;
  }

  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    throw new UnsupportedOperationException(
        "the backend \"nio\" watches channels, not file descriptors; add loop-netty for those");
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "Cannot close the selector", e);
    }
  }
}
