package dev.ioloop.netty;

import dev.ioloop.spi.Events;
import dev.ioloop.spi.Poller;
import dev.ioloop.spi.ReadyHandler;
import dev.ioloop.spi.Registration;
import dev.ioloop.spi.StreamSockets;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Netty event loop that the IOLoop's thread drives. Netty channels registered on it run on the
 * same thread, next to our own descriptors, which are {@link IoHandle}s.
 *
 * <p>A wake-up is a flag and, if the loop may be waiting, a write to Netty's event descriptor:
 *
 * <pre>
 *   wakeup():  woken = true                    poll():  publish "may be waiting"   (Netty)
 *              if "may be waiting": write               if (!woken) wait           (canBlock)
 *                                                       if (woken) woken = false   (last)
 * </pre>
 *
 * Either {@code wakeup()} sees that the loop may be waiting, or the loop sees the flag. Netty alone
 * would drop a wake-up that arrives while the loop is awake. The flag is cleared when the poll
 * ends, and the loop checks its queues after that. The flag is read before it is cleared, so that
 * the loop sees everything done before {@code wakeup()}.
 */
final class NettyPoller implements Poller {

  /** How long Netty's tasks may run per poll, so that a chain of tasks does not starve the loop. */
  private static final long TASK_NANOS = 1_000_000;

  private static final Logger LOGGER = System.getLogger("dev.ioloop");

  private final String name;
  private final Kernel kernel;
  private final boolean companionOnly;
  private final HandlerExecutor handlerExecutor;
  private final Loop loop;
  private final IntObjectMap<FdWatch> watches = new IntObjectHashMap<>();

  private volatile boolean woken;

  /**
   * The thread that may use the handler. Null before {@link #bind} and after {@link #close}, when
   * any thread may.
   */
  private volatile @Nullable Thread owner;

  private int polls;
  private @Nullable Throwable failure;
  private @Nullable CompanionSelector companion;
  private boolean closed;

  NettyPoller(String name, IoHandlerFactory factory, Kernel kernel) {
    this(name, factory, kernel, Boolean.getBoolean("dev.ioloop.netty.companion"));
  }

  /**
   * Creates a poller. If {@code companionOnly}, the companion selector watches all channels, as it
   * does when their descriptors cannot be read. Also {@code -Ddev.ioloop.netty.companion=true}.
   */
  NettyPoller(String name, IoHandlerFactory factory, Kernel kernel, boolean companionOnly) {
    this.name = name;
    this.kernel = kernel;
    this.companionOnly = companionOnly;
    this.handlerExecutor = new HandlerExecutor(factory);
    this.loop = new Loop();
  }

  @Override
  public void bind() {
    owner = Thread.currentThread();
    loop.setOwningThread(owner);
    kernel.bound(this, loop, handlerExecutor.handler());
  }

  @Override
  public int poll(long timeoutNanos) {
    if (loop.isShuttingDown()) {
      throw new IllegalStateException(
          "the Netty event loop under this loop was shut down; close the IOLoop, not its EventLoop");
    }
    polls++;
    kernel.beforePoll();
    if (companion != null) {
      companion.beforePoll();
    }
    // For Netty, zero means to wait without limit, and a negative number not to wait.
    long wait = timeoutNanos == 0 ? -1 : timeoutNanos == Long.MAX_VALUE ? 0 : timeoutNanos;
    int found;
    try {
      found = loop.run(wait, TASK_NANOS);
    } finally {
      if (woken) {
        woken = false;
      }
    }
    if (failure != null) {
      rethrowFailure();
    }
    return found;
  }

  @Override
  public boolean mayBusyPoll() {
    return true;
  }

  @Override
  public boolean waits(List<StackTraceElement> frames) {
    return NettyFrames.wait(frames);
  }

  @Override
  public void wakeup() {
    woken = true;
    loop.wakeup();
  }

  @Override
  public Registration register(SelectableChannel channel, int events, ReadyHandler handler) {
    checkUsable(handler);
    if (!channel.isOpen()) {
      throw new IllegalArgumentException("channel is closed: " + channel);
    }
    if (channel.isBlocking()) {
      throw new IllegalArgumentException(
          "channel is in blocking mode; call configureBlocking(false) first: " + channel);
    }
    Events.check(channel, events);
    int fd = companionOnly ? -1 : ChannelFd.of(channel);
    return fd >= 0
        ? watch(fd, channel, events, handler)
        : companion().register(channel, events, handler);
  }

  @Override
  public Registration register(int fd, int events, ReadyHandler handler) {
    checkUsable(handler);
    if (fd < 0) {
      throw new IllegalArgumentException("file descriptor < 0: " + fd);
    }
    Events.check(events);
    kernel.checkOpen(fd);
    return watch(fd, null, events, handler);
  }

  @Override
  public StreamSockets sockets() {
    return new NativeSockets(this, Poller.super.sockets());
  }

  /** As {@link #register(int, int, ReadyHandler)}, for a descriptor that is known to be open. */
  Registration watchOpen(int fd, int events, ReadyHandler handler) {
    checkUsable(handler);
    return watch(fd, null, events, handler);
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(loop) ? type.cast(loop) : null;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (companion != null) {
      companion.close();
    }
    // A virtual thread may change its carrier thread at every step, and a ring must not.
    if (owner == Thread.currentThread() || !isVirtual(Thread.currentThread())) {
      closeLoop();
    } else {
      Thread closer = new Thread(this::closeLoop, "ioloop-" + name + "-close");
      closer.start();
      CompanionSelector.join(closer);
    }
    // From now on the handler accepts every thread as its own, and writes to no descriptor.
    owner = null;
  }

  /** Returns the number of the current poll, or of the last one. */
  int polls() {
    return polls;
  }

  /** Registers one of our handles with Netty. */
  IoRegistration register(IoHandle handle) throws Exception {
    return handlerExecutor.handler().register(handle);
  }

  /** Runs a task after the ready handlers of this poll. Call from the owner only. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /**
   * Makes Netty accept the calling thread as the loop's own. It may be a coroutine's helper thread,
   * which runs in place of the loop's thread. Netty would defer the calls of such a thread to a
   * task, and by then the descriptor may be closed and its number reused.
   *
   * @return the former owner, for {@link #restoreOwner}
   */
  @Nullable Thread becomeOwner() {
    Thread present = owner;
    if (present != null && present != Thread.currentThread()) {
      owner = Thread.currentThread();
    }
    return present;
  }

  void restoreOwner(@Nullable Thread formerOwner) {
    if (owner != formerOwner) {
      owner = formerOwner;
    }
  }

  /** Wakes the handler as a foreign thread would. Call from the owner only. */
  void wakeupAsForeignThread() {
    Thread present = owner;
    owner = EventLoopHost.FOREIGN_THREAD;
    handlerExecutor.handler().wakeup();
    owner = present;
  }

  /** Called by a cancelled watch. */
  void forget(FdWatch watch) {
    if (watches.get(watch.fd) == watch) {
      watches.remove(watch.fd);
    }
  }

  /** Records an exception of a handler; {@link #poll} throws it when all events are dispatched. */
  void failed(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    } else if (failure != thrown) {
      failure.addSuppressed(thrown);
    }
  }

  private Registration watch(
      int fd, @Nullable SelectableChannel channel, int events, ReadyHandler handler) {
    FdWatch old = watches.get(fd);
    if (old != null) {
      // A new channel may have got the number of a closed one.
      if (!old.closedByUser()) {
        throw new IllegalArgumentException(
            (channel == null ? "file descriptor " + fd : channel) + " is already watched");
      }
      old.cancel();
    }
    FdWatch watch = kernel.watch(this, fd, channel, handler);
    watch.update(events);
    watches.put(fd, watch);
    return watch;
  }

  private CompanionSelector companion() {
    CompanionSelector present = companion;
    if (present == null) {
      try {
        present =
            companion = new CompanionSelector("ioloop-" + name + "-selector", loop, this::failed);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot open a selector", e);
      }
    }
    return present;
  }

  private void checkUsable(ReadyHandler handler) {
    Objects.requireNonNull(handler, "handler");
    if (closed) {
      throw new IllegalStateException("the poller is closed");
    }
  }

  private void closeLoop() {
    if (owner == null) {
      bind();
    }
    if (owner == Thread.currentThread()) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      while (!loop.isTerminated()) {
        loop.run(-1, 0);
      }
    } else if (!loop.isTerminated()) {
      closeAsHeir(Thread.currentThread());
    }
  }

  // Netty lets only the owner shut a loop down, and the owner may be dead. So a thread that the
  // handler accepts as its own shuts the handler down in the same steps.
  @SuppressWarnings("deprecation") // shutdownGracefully() would accept tasks that nobody runs
  private void closeAsHeir(Thread heir) {
    owner = heir;
    IoHandler handler = handlerExecutor.handler();
    try {
      loop.runNonBlockingTasks(0);
      for (FdWatch watch : watches.values().toArray(new FdWatch[0])) {
        watch.cancel();
      }
      kernel.takeOver();
      handler.prepareToDestroy();
      loop.runNonBlockingTasks(0);
      loop.shutdown();
      handler.destroy();
    } catch (RuntimeException e) {
      loop.shutdown();
      LOGGER.log(Level.WARNING, "cannot free the resources of a closed " + name + " loop", e);
    }
    while (loop.runNonBlockingTasks(0) > 0) {
      // Run tasks that other tasks have added.
    }
  }

  // Thread.isVirtual() is not in JDK 17.
  private static boolean isVirtual(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group != null && group.getName().equals("VirtualThreads");
  }

  private void rethrowFailure() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    throw (RuntimeException) Objects.requireNonNull(thrown);
  }

  private final class Loop extends ManualIoEventLoop {

    Loop() {
      super(null, null, handlerExecutor);
    }

    @Override
    protected boolean canBlock() {
      return !woken;
    }

    // For the heir in close(): Netty believes the owner to be the loop's thread.
    @Override
    public boolean inEventLoop() {
      return super.inEventLoop() || owner == Thread.currentThread();
    }
  }

  /**
   * The executor that Netty's handler sees instead of its loop: it tells the handler which thread
   * owns it. It also creates the handler and keeps it.
   */
  private final class HandlerExecutor implements IoHandlerFactory, ThreadAwareExecutor {

    private final IoHandlerFactory factory;
    private @Nullable IoHandler handler;

    HandlerExecutor(IoHandlerFactory factory) {
      this.factory = factory;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor ignored) {
      return handler = factory.newHandler(this);
    }

    IoHandler handler() {
      return Objects.requireNonNull(handler);
    }

    @Override
    public boolean isExecutorThread(Thread thread) {
      Thread present = owner;
      return present == null || present == thread;
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }
  }
}
