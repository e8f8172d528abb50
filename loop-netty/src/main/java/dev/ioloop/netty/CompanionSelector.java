package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches channels whose descriptor cannot be read, in a thread of its own, as Tornado does on
 * Windows. The thread only waits and reports: handlers run on the loop.
 *
 * <p>A channel is armed (its key has an interest, the thread may report it) or reported (no
 * interest, the loop has been told). Only the thread goes from armed to reported; only the loop
 * goes back, at the start of the poll after the one in which the handler ran. So a channel that
 * stays ready makes neither the thread nor the loop spin. Both change the key and the state
 * together, under the watch's monitor.
 */
final class CompanionSelector implements Runnable {

  private static final Logger LOGGER = System.getLogger("dev.ioloop");

  private final Consumer<Throwable> failed;
  private final Executor loop;
  private final Selector selector;
  private final Thread thread;

  /** The channels to be armed by the next poll. Used by the loop alone. */
  private final List<Watch> due = new ArrayList<>();

  /**
   * @param loop executes what becomes ready, on the loop's thread
   * @param failed is given what a handler throws
   */
  CompanionSelector(String name, Executor loop, Consumer<Throwable> failed) throws IOException {
    this.failed = failed;
    this.loop = loop;
    selector = Selector.open();
    thread = new Thread(this, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Watches a channel. Call from the loop's thread only, like all of the registration. */
  Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    SelectionKey old = channel.keyFor(selector);
    if (old != null && old.isValid()) {
      throw new IllegalArgumentException(channel + " is already watched");
    }
    // A cancelled key is in the way until the thread has seen it. It sees it now: cancel() has
    // woken it, and it waits for nobody.
    while (channel.isOpen() && thread.isAlive() && channel.keyFor(selector) != null) {
      selector.wakeup();
      Thread.onSpinWait();
    }
    Watch watch = new Watch(channel, handler, events);
    try {
      watch.key = channel.register(selector, 0, watch);
    } catch (ClosedChannelException | IllegalSelectorException | CancelledKeyException e) {
      throw new IllegalArgumentException(channel + " cannot be watched: " + e, e);
    }
    watch.becomeDue();
    return watch;
  }

  /** Arms what is new, was changed, or was handled in the last poll. */
  void beforePoll() {
    if (due.isEmpty()) {
      return;
    }
    boolean changed = false;
    for (int i = 0; i < due.size(); i++) {
      changed |= due.get(i).arm();
    }
    due.clear();
    if (changed) {
      selector.wakeup();
    }
  }

  @Override
  public void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::report);
        // An interrupted thread cannot wait, and nobody has a reason to interrupt this one.
        Thread.interrupted();
      }
    } catch (ClosedSelectorException e) {
      // The loop was closed.
    } catch (IOException e) {
      LOGGER.log(Level.ERROR, thread.getName() + " failed; its channels are no longer watched", e);
    }
  }

  /** Ends the thread, and waits for its end. Channels are left open. */
  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, thread.getName() + " could not be closed", e);
    }
    join(thread);
  }

  /** Waits for the end of a thread, also when interrupted. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(SelectionKey key) {
    Watch watch = (Watch) key.attachment();
    try {
      if (watch.disarm()) {
        loop.execute(watch);
      }
    } catch (CancelledKeyException e) {
      // Cancelled or closed meanwhile.
    } catch (RejectedExecutionException e) {
      // The loop is being closed.
    }
  }

  private final class Watch implements Registration, Runnable {

    private final SelectableChannel channel;
    private final ReadyHandler handler;

    /** Whether this is among those to be armed. Used by the loop alone. */
    private boolean due;

    // Guarded by this.
    private @Nullable SelectionKey key;
    private int events;
    private int ready;
    private boolean reported;
    private boolean cancelled;

    Watch(SelectableChannel channel, ReadyHandler handler, int events) {
      this.channel = channel;
      this.handler = handler;
      this.events = events;
    }

    @Override
    public void update(int events) {
      Events.check(channel, events);
      synchronized (this) {
        this.events = events;
      }
      becomeDue();
    }

    @Override
    public synchronized void cancel() {
      if (!cancelled) {
        cancelled = true;
        if (key != null) {
          key.cancel();
        }
        selector.wakeup();
      }
    }

    /** Takes the readiness and the interest off the key. Called by the selector's thread. */
    synchronized boolean disarm() {
      if (cancelled || reported || key == null) {
        return false;
      }
      ready = eventsOf(key.readyOps());
      key.interestOps(0);
      reported = true;
      return true;
    }

    /** Runs the handler. Called by the loop. */
    @Override
    public void run() {
      int wanted;
      synchronized (this) {
        wanted = cancelled ? 0 : ready & events;
      }
      try {
        if (wanted != 0) {
          handler.ready(wanted);
        }
      } catch (Throwable e) {
        failed.accept(e);
      } finally {
        synchronized (this) {
          reported = false;
        }
        becomeDue();
      }
    }

    /** Has the next poll arm this channel. */
    void becomeDue() {
      if (!due) {
        due = true;
        CompanionSelector.this.due.add(this);
      }
    }

    /** Gives the key the wanted interest. Returns whether the selector has to hear of it. */
    synchronized boolean arm() {
      due = false;
      if (cancelled || reported || key == null) {
        return false;
      }
      try {
        int ops = opsOf(events);
        if (ops != key.interestOps()) {
          key.interestOps(ops);
          return true;
        }
      } catch (CancelledKeyException e) {
        // The user closed the channel.
      }
      return false;
    }

    private int opsOf(int events) {
      int ops = 0;
      if ((events & Events.READ) != 0) {
        ops |= SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
      }
      if ((events & Events.WRITE) != 0) {
        // Never both: a connecting channel is ready for OP_CONNECT alone, and a connected one is
        // ready for OP_CONNECT for ever on some systems.
        boolean connecting =
            channel instanceof SocketChannel && ((SocketChannel) channel).isConnectionPending();
        ops |= connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_WRITE;
      }
      return ops & channel.validOps();
    }

    private static int eventsOf(int ops) {
      int events = 0;
      if ((ops & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
        events |= Events.READ;
      }
      if ((ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
        events |= Events.WRITE;
      }
      return events;
    }
  }
}
