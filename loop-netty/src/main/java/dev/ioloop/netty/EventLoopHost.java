package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.Host;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running Netty event loop as the host of one IOLoop. Turns are tasks of the event loop and
 * alarms are its scheduled tasks, so both run among the server's own handlers and tasks. A
 * companion selector watches JDK channels, because Netty has no portable way to register them.
 */
final class EventLoopHost implements Host {
  private static final Logger LOGGER = System.getLogger("dev.ioloop");

  /** A thread that is never started, and so is never the thread of an event loop. */
  static final Thread FOREIGN_THREAD = new Thread("foreign");

  /** The package of an EmbeddedChannel's event loop, which runs on the thread that calls it. */
  private static final String EMBEDDED = "io.netty.channel.embedded.";

  private final EventLoop eventLoop;
  private final Ticker ticker;
  private Runnable turn = () -> {};
  private @Nullable Future<?> scheduled;
  private @Nullable Runnable end;
  private @Nullable FutureListener<Object> whenTerminated;
  private @Nullable CompanionSelector companion;

  EventLoopHost(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
    // A test may control the clock of an EmbeddedChannel.
    this.ticker =
        eventLoop instanceof AbstractScheduledEventExecutor executor
            ? executor.ticker()
            : Ticker.systemTicker();
  }

  /** Returns the backend name of an IOLoop on this event loop. */
  static String backend(EventLoop eventLoop) {
    if (!(eventLoop instanceof IoEventLoop io)) {
      return "netty";
    }
    if (io.isIoType(EpollIoHandler.class)) {
      return "netty-epoll";
    }
    if (io.isIoType(IoUringIoHandler.class)) {
      return "netty-io_uring";
    }
    if (io.isIoType(KQueueIoHandler.class)) {
      return "netty-kqueue";
    }
    return io.isIoType(NioIoHandler.class) ? "netty-nio" : "netty";
  }

  // A shutdown hook runs on the event loop's thread, but Netty skips the hooks if the last round
  // has a task. In that case the listener runs the task on another thread, after the event loop has
  // ended.
  @Override
  public void atTheEnd(Runnable end) {
    if (eventLoop instanceof SingleThreadEventExecutor executor) {
      this.end = end;
      executor.addShutdownHook(end);
    }
    FutureListener<Object> listener = ended -> GlobalEventExecutor.INSTANCE.execute(end);
    try {
      eventLoop.terminationFuture().addListener(listener);
      whenTerminated = listener;
    } catch (UnsupportedOperationException e) {
      // The event loop of an EmbeddedChannel never ends.
    }
  }

  @Override
  public void host(Runnable turn) {
    this.turn = turn;
  }

  @Override
  public boolean isCurrent() {
    return eventLoop.inEventLoop();
  }

  // The event loop of an EmbeddedChannel accepts every thread as its own.
  @Override
  public boolean ownsThread() {
    return !eventLoop.inEventLoop(FOREIGN_THREAD);
  }

  @Override
  public long nanoTime() {
    return ticker.nanoTime();
  }

  @Override
  public void wakeup() {
    try {
      eventLoop.execute(turn);
    } catch (RejectedExecutionException e) {
      // The event loop has ended, and the IOLoop with it.
    }
  }

  @Override
  public boolean waits(List<StackTraceElement> frames) {
    return NettyFrames.wait(frames) || isLeftAlone(frames);
  }

  /**
   * Returns whether the event loop is idle because its thread is a test's and does something else.
   */
  private boolean isLeftAlone(List<StackTraceElement> frames) {
    return eventLoop.getClass().getName().startsWith(EMBEDDED)
        && frames.stream().noneMatch(frame -> frame.getClassName().startsWith(EMBEDDED));
  }

  @Override
  public void callAt(long deadline, Runnable alarm) {
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    try {
      scheduled = eventLoop.schedule(alarm, deadline - nanoTime(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      scheduled = null;
    }
  }

  @Override
  public boolean hasEnded() {
    return eventLoop.isTerminated();
  }

  @Override
  public void afterTurn() {
    if (companion != null) {
      companion.beforePoll();
    }
  }

  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    Objects.requireNonNull(handler, "handler");
    if (!channel.isOpen()) {
      throw new IllegalArgumentException("channel is closed: " + channel);
    }
    if (channel.isBlocking()) {
      throw new IllegalArgumentException(
          "channel is in blocking mode; call configureBlocking(false) first: " + channel);
    }
    Events.check(channel, events);
    Registration registration = companion().register(channel, events, handler);
    wakeup(); // The channel is watched at the end of the turn.
    return new Registration() {
      @Override
      public void update(int events) {
        registration.update(events);
        wakeup();
      }

      @Override
      public void cancel() {
        registration.cancel();
      }
    };
  }

  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    throw new UnsupportedOperationException(
        "a loop on a running Netty event loop watches channels, not file descriptors; register an"
            + " IoHandle with the EventLoop instead");
  }

  private CompanionSelector companion() {
    CompanionSelector present = companion;
    if (present == null) {
      try {
        present =
            companion = new CompanionSelector("ioloop-netty-selector", this::report, this::failed);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot open a selector", e);
      }
    }
    return present;
  }

  /** Runs a ready handler, and then a turn, which watches the channel again. */
  private void report(Runnable ready) {
    eventLoop.execute(
        () -> {
          ready.run();
          turn.run();
        });
  }

  // The IOLoop catches its handlers' exceptions, so this is a bug of ours.
  private void failed(Throwable thrown) {
    LOGGER.log(Level.ERROR, "A ready handler failed", thrown);
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(eventLoop) ? type.cast(eventLoop) : null;
  }

  @Override
  public void close() {
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    if (companion != null) {
      companion.close();
    }
    if (whenTerminated != null) {
      eventLoop.terminationFuture().removeListener(whenTerminated);
    }
    if (end != null && eventLoop instanceof SingleThreadEventExecutor executor) {
      removeHook(executor, end);
    }
    NettyIOLoop.forget(eventLoop);
  }

  private static void removeHook(SingleThreadEventExecutor executor, Runnable hook) {
    try {
      executor.removeShutdownHook(hook);
    } catch (RejectedExecutionException e) {
      // The event loop has ended and runs no more hooks.
    }
  }

  @Override
  public String toString() {
    return "Netty's " + eventLoop.getClass().getSimpleName();
  }
}
