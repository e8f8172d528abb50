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
 * Watches channels whose descriptor cannot be read, on its own thread, as Tornado does on Windows.
 * The thread only waits and reports; handlers run on the loop.
 *
 * <p>A channel is either armed (its key has an interest set, and the thread may report it) or
 * reported (no interest, and the loop has been notified). Only the thread moves it from armed to
 * reported. Only the loop moves it back, at the start of the poll after the one in which the
 * handler ran. So a channel that stays ready makes neither the thread nor the loop spin. Both
 * change the key and the state together, under the watch's monitor.
 */
final class CompanionSelector implements Runnable {

  private static final Logger LOGGER = System.getLogger("dev.ioloop");

  private final Consumer<Throwable> failed;
  private final Executor loop;
  private final Selector selector;
  private final Thread thread;

  /** The channels that the next poll arms. Used only by the loop. */
  private final List<Watch> due = new ArrayList<>();

  /**
   * @param loop runs the handlers of ready channels on the loop's thread
   * @param failed receives exceptions that handlers throw
   */
  CompanionSelector(String name, Executor loop, Consumer<Throwable> failed) throws IOException {
    this.failed = failed;
    this.loop = loop;
    selector = Selector.open();
    thread = new Thread(this, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Watches a channel. Call this and the registration's methods from the loop's thread only. */
  Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    SelectionKey old = channel.keyFor(selector);
    if (old != null && old.isValid()) {
      throw new IllegalArgumentException(channel + " is already watched");
    }
    // A cancelled key blocks a new registration until the thread has processed it. That happens
    // now: cancel() has woken the thread, and the thread waits for nothing else.
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

  /** Arms channels that are new, were changed, or were handled in the last poll. */
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
        // An interrupted thread cannot wait. Nothing interrupts this thread on purpose.
        Thread.interrupted();
      }
    } catch (ClosedSelectorException e) {
      // The loop was closed.
    } catch (IOException e) {
      LOGGER.log(Level.ERROR, thread.getName() + " failed; its channels are no longer watched", e);
    }
  }

  /** Ends the thread and waits for it. Channels are left open. */
  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, thread.getName() + " cannot be closed", e);
    }
    join(thread);
  }

  /** Waits for a thread to end; an interrupt is deferred until then. */
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
      // The watch was cancelled or the channel closed meanwhile.
    } catch (RejectedExecutionException e) {
      // The loop is being closed.
    }
  }

  private final class Watch implements Registration, Runnable {

    private final SelectableChannel channel;
    private final ReadyHandler handler;

    /** Whether the next poll arms this watch. Used only by the loop. */
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

    /**
     * Takes the ready events from the key and clears its interest. Called on the selector's thread.
     */
    synchronized boolean disarm() {
      if (cancelled || reported || key == null) {
        return false;
      }
      ready = eventsOf(key.readyOps());
      key.interestOps(0);
      reported = true;
      return true;
    }

    /** Runs the handler. Called on the loop. */
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

    /** Makes the next poll arm this channel. */
    void becomeDue() {
      if (!due) {
        due = true;
        CompanionSelector.this.due.add(this);
      }
    }

    /** Sets the key's interest. Returns whether the selector must be woken to see it. */
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
        // Never both: a connecting channel is ready only for OP_CONNECT, and on some systems a
        // connected one stays ready for OP_CONNECT forever.
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
