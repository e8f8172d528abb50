package dev.ioloop.bench;

import dev.ioloop.Gen;
import dev.ioloop.IOLoop;
import dev.ioloop.netty.NettyIOLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loop to measure on: one of ours, one of Netty's, or none. What is measured runs on the loop's
 * own thread from {@link #run} to {@link #finish}, and so do the two looks at the clock.
 */
abstract class Host implements AutoCloseable {
  private long started;
  private long finished;

  /** Takes callbacks on the loop's own thread. */
  abstract Executor executor();

  /** Gets {@code first} onto the loop's thread and returns after {@link #release}. */
  abstract void drive(Runnable first) throws Exception;

  /** Lets {@link #drive} return. */
  abstract void release();

  @Override
  public abstract void close();

  /**
   * Runs {@code first} and whatever it leads to, until {@link #finish}.
   *
   * @return how long that took, in nanoseconds
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

    /** Makes a loop on the default backend, for coroutines of the given make. */
    static Ours withGenerator(String make) {
      Gen.configure(make);
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

  /** A Netty event loop on epoll with a thread of its own, which the measuring thread waits for. */
  static class Netty extends Host {
    private static final int PATIENCE_SECONDS = 120;

    final EventLoop eventLoop;
    private final Semaphore finished = new Semaphore(0);

    Netty() {
      eventLoop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
    }

    @Override
    Executor executor() {
      return eventLoop;
    }

    @Override
    void drive(Runnable first) throws Exception {
      eventLoop.execute(first);
      if (!finished.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not finished after " + PATIENCE_SECONDS + " s");
      }
    }

    @Override
    void release() {
      finished.release();
    }

    @Override
    public void close() {
      eventLoop.parent().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  /** The IOLoop of such an event loop. */
  static final class Hosted extends Netty {
    private final IOLoop loop = NettyIOLoop.of(eventLoop);

    @Override
    Executor executor() {
      return loop;
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
