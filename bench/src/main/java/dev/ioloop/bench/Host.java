package dev.ioloop.bench;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.NettyIOLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.HashedWheelTimer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loop to measure on: ours, another one, or none. The measured code runs on the loop's own thread
 * from {@link #run} to {@link #finish}, and so do the two readings of the clock.
 */
abstract class Host implements AutoCloseable {
  private long started;
  private long finished;

  /** Takes callbacks, to be run on the loop's own thread. */
  abstract Executor executor();

  /** Makes the loop of a peer that is a plain loop. */
  static Host of(String peer) {
    return switch (peer) {
      case "ioloop-epoll", "ioloop-io_uring", "ioloop-nio" ->
          new Ours(peer.substring(LoopBenchmark.OURS.length()));
      case "ioloop-hosted" -> new Hosted();
      case "netty" -> new Netty();
      case "netty-io_uring" -> new Netty(IoUringIoHandler.newFactory());
      case "netty-nio" -> new Netty(NioIoHandler.newFactory());
      case "vertx" -> new VertxLoop();
      case "executor" -> new Scheduled();
      case "wheel" -> new Wheel();
      case "virtual-thread" -> new Virtual();
      case "deque" -> new Bare();
      default -> throw LoopBenchmark.unknown(peer);
    };
  }

  /** Runs {@code first} on the loop's thread and returns after {@link #release}. */
  abstract void drive(Runnable first) throws Exception;

  /** Lets {@link #drive} return. */
  abstract void release();

  @Override
  public abstract void close();

  /**
   * Runs {@code first} and whatever it leads to, until {@link #finish}.
   *
   * @return the time taken, in nanoseconds
   */
  final long run(Runnable first) throws Exception {
    drive(
        () -> {
          started = System.nanoTime();
          first.run();
        });
    return finished - started;
  }

  /** Ends the present {@link #run}. Called on the loop's thread. */
  final void finish() {
    finished = System.nanoTime();
    release();
  }

  /** An IOLoop, which the measuring thread runs itself. */
  static final class Ours extends Host {
    final IOLoop loop;
    private @Nullable Throwable failure;

    Ours(String backend) {
      loop = IOLoop.create(backend);
      loop.setExceptionHandler(
          (source, thrown) -> {
            failure = thrown;
            loop.stop();
          });
    }

    /** Makes a loop on the default backend, with the given coroutine engine. */
    static Ours withGenerator(String engine) {
      Gen.configure(engine);
      return new Ours(IOLoop.configurableDefault());
    }

    @Override
    Executor executor() {
      return loop;
    }

    @Override
    void drive(Runnable first) throws Exception {
      loop.addCallback(first);
      loop.start();
      if (failure != null) {
        throw new IllegalStateException("a callback failed", failure);
      }
    }

    @Override
    void release() {
      loop.stop();
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  /** A loop with a thread of its own, which the measuring thread waits for. */
  abstract static class Threaded extends Host {
    private static final int PATIENCE_SECONDS = 120;
    private final Semaphore finished = new Semaphore(0);

    @Override
    final void drive(Runnable first) throws Exception {
      executor().execute(first);
      if (!finished.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not finished after " + PATIENCE_SECONDS + " s");
      }
    }

    @Override
    final void release() {
      finished.release();
    }
  }

  /** A Netty event loop. */
  static class Netty extends Threaded {
    final EventLoop eventLoop;

    Netty() {
      this(EpollIoHandler.newFactory());
    }

    Netty(IoHandlerFactory transport) {
      eventLoop = new MultiThreadIoEventLoopGroup(1, transport).next();
    }

    @Override
    Executor executor() {
      return eventLoop;
    }

    @Override
    public void close() {
      eventLoop.parent().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** The IOLoop of a Netty event loop. */
  static final class Hosted extends Netty {
    private final IOLoop loop = NettyIOLoop.of(eventLoop);

    @Override
    Executor executor() {
      return loop;
    }
  }

  /** An event loop of Vert.x on its native transport. */
  static final class VertxLoop extends Threaded {
    final Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    private final Context context = vertx.getOrCreateContext();

    @Override
    Executor executor() {
      return task -> context.runOnContext(any -> task.run());
    }

    @Override
    public void close() {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** A thread of the JDK's executor for timers and tasks. */
  static final class Scheduled extends Threaded {
    final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);

    Scheduled() {
      pool.setRemoveOnCancelPolicy(true);
    }

    @Override
    Executor executor() {
      return pool;
    }

    @Override
    public void close() {
      pool.shutdownNow();
    }
  }

  /** Netty's timer wheel for very many timeouts, with ticks of a millisecond. */
  static final class Wheel extends Threaded {
    final HashedWheelTimer timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS);

    @Override
    Executor executor() {
      return task -> timer.newTimeout(any -> task.run(), 0, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      timer.stop();
    }
  }

  /** A virtual thread for each task, on the JDK's default scheduler. */
  static final class Virtual extends Threaded {
    private final ExecutorService threads = ServerPeers.newVirtualThreadPerTaskExecutor();

    @Override
    Executor executor() {
      return threads;
    }

    @Override
    public void close() {
      threads.shutdown();
    }
  }

  /** No loop, only a queue that the measuring thread empties: the floor. */
  static final class Bare extends Host {
    final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    @Override
    Executor executor() {
      return queue::add;
    }

    @Override
    void drive(Runnable first) {
      queue.add(first);
      for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
        next.run();
      }
    }

    @Override
    void release() {}

    @Override
    public void close() {}
  }
}
