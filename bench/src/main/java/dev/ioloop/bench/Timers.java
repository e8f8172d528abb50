package dev.ioloop.bench;

import dev.ioloop.IOLoop;
import dev.ioloop.Timeout;
import io.netty.channel.EventLoop;
import io.netty.util.HashedWheelTimer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sets and cancels the timers of a loop, as its users do. */
interface Timers {
  Object add(long delayNanos, Runnable callback);

  void cancel(Object timer);

  /** Returns the timers of a loop. */
  static Timers of(Host host) {
    if (host instanceof Host.Ours ours) {
      return new Ours(ours.loop);
    }
    if (host instanceof Host.Netty netty) {
      return new Scheduled(netty.eventLoop);
    }
    if (host instanceof Host.Scheduled executor) {
      return new Scheduled(executor.pool);
    }
    if (host instanceof Host.Wheel wheel) {
      return new Wheel(wheel.timer);
    }
    return new OfVertx(((Host.VertxLoop) host).vertx);
  }

  /** An IOLoop. */
  record Ours(IOLoop loop) implements Timers {
    @Override
    public Object add(long delayNanos, Runnable callback) {
      return loop.callLater(Duration.ofNanos(delayNanos), callback);
    }

    @Override
    public void cancel(Object timer) {
      loop.removeTimeout((Timeout) timer);
    }
  }

  /** A Netty {@link EventLoop}, or the JDK's executor. */
  record Scheduled(ScheduledExecutorService executor) implements Timers {
    @Override
    public Object add(long delayNanos, Runnable callback) {
      return executor.schedule(callback, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void cancel(Object timer) {
      ((Future<?>) timer).cancel(false);
    }
  }

  /** Netty's wheel. */
  record Wheel(HashedWheelTimer timer) implements Timers {
    @Override
    public Object add(long delayNanos, Runnable callback) {
      return timer.newTimeout(any -> callback.run(), delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void cancel(Object timeout) {
      ((io.netty.util.Timeout) timeout).cancel();
    }
  }

  /** Vert.x, which counts in milliseconds. */
  record OfVertx(Vertx vertx) implements Timers {
    @Override
    public Object add(long delayNanos, Runnable callback) {
      long millis = (delayNanos + 999_999) / 1_000_000;
      return vertx.setTimer(Math.max(1, millis), any -> callback.run());
    }

    @Override
    public void cancel(Object timer) {
      vertx.cancelTimer((Long) timer);
    }
  }
}
