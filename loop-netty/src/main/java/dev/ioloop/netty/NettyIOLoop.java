package dev.ioloop.netty;

import dev.ioloop.IOLoop;
import io.netty.channel.EventLoop;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Connects {@link IOLoop}s and Netty in both directions: it gives the IOLoop of a running event
 * loop, and the event loop under an IOLoop.
 *
 * <p>{@link #of} is for a server that runs on Netty. Its handlers can use coroutines, timers, locks
 * and queues on their own event loop; see {@link CoroutineHandler}.
 *
 * <p>{@link #eventLoop} is for a program that runs an IOLoop with a native backend. Such a loop
 * drives a Netty event loop. The IOLoop's thread serves the Netty channels registered on that event
 * loop, between its own callbacks and handlers.
 *
 * <pre>{@code
 * EventLoop eventLoop = NettyIOLoop.eventLoop(loop);
 * var server =
 *     new ServerBootstrap()
 *         .group(eventLoop) // an event loop is a group of one
 *         .channel(EpollServerSocketChannel.class) // the backend's own: "epoll"
 *         .childHandler(handler)
 *         .bind(address);
 * }</pre>
 */
public final class NettyIOLoop {

  /**
   * Weak keys and weak values: an IOLoop refers to its event loop, and the event loop's thread to
   * the IOLoop.
   */
  private static final Map<EventLoop, WeakReference<IOLoop>> LOOPS = new WeakHashMap<>();

  private NettyIOLoop() {}

  /**
   * Returns the one IOLoop of a running event loop; the first call creates it. From then on it is
   * the current loop of the event loop's thread, so {@link IOLoop#current()} in handlers returns
   * it. The event loop runs the IOLoop's callbacks among its own tasks, a bounded number at a time
   * and in the order that the IOLoop promises.
   *
   * <p>Every kind of event loop works: {@code MultiThreadIoEventLoopGroup} on epoll, kqueue,
   * io_uring or NIO, the older {@code NioEventLoopGroup} and its siblings, {@code
   * DefaultEventLoop}, and the event loop of an {@code EmbeddedChannel}, whose clock then is the
   * IOLoop's clock. For the event loop under an IOLoop this returns that IOLoop.
   *
   * <p>{@code start}, {@code stop} and {@code runSync} of such a loop throw {@link
   * IllegalStateException}, because it already runs. {@link IOLoop#close} returns at once and
   * leaves the event loop running. The IOLoop is detached when its coroutines have ended, at most
   * one second later; until then this method still returns it. Shutting down the event loop also
   * closes the IOLoop: the event loop's thread waits at most one second for the coroutines and
   * serves no channel meanwhile. Callbacks added later are dropped silently.
   *
   * <p>{@code addHandler} accepts only channels, not file descriptors. A companion thread watches
   * them, so streams on such a loop are slower than Netty's own channels.
   *
   * <p>Safe to call from any thread.
   *
   * @throws IllegalStateException if the event loop is being shut down
   */
  public static IOLoop of(EventLoop eventLoop) {
    Objects.requireNonNull(eventLoop, "eventLoop == null");
    synchronized (LOOPS) {
      IOLoop present = get(eventLoop);
      if (present != null) {
        return present;
      }
      if (eventLoop.isShuttingDown()) {
        throw new IllegalStateException(
            "this event loop is being shut down and takes no IOLoop: " + eventLoop);
      }
      IOLoop loop = IOLoop.create(EventLoopHost.backend(eventLoop), new EventLoopHost(eventLoop));
      LOOPS.put(eventLoop, new WeakReference<>(loop));
      return loop;
    }
  }

  /**
   * Returns the Netty event loop under {@code loop}. For an IOLoop that {@link #of} returned, it is
   * the event loop passed to {@code of}. Otherwise it is an event loop that the IOLoop drives, for
   * channels of its transport: {@code Epoll…Channel} for the backend {@code epoll}, {@code
   * KQueue…Channel} for {@code kqueue}, {@code IoUring…Channel} for {@code io_uring}. Channels and
   * tasks that are added before the loop's first start wait for it. Such an event loop ends with
   * the IOLoop; the caller must not shut it down.
   *
   * <p>Safe to call from any thread.
   *
   * @throws IllegalArgumentException if the loop has no Netty event loop under it
   */
  public static EventLoop eventLoop(IOLoop loop) {
    EventLoop eventLoop = loop.unwrap(EventLoop.class);
    if (eventLoop == null) {
      throw new IllegalArgumentException(
          "no Netty event loop is under this IOLoop, whose backend is \""
              + loop.backend()
              + "\"; create it with IOLoop.create(\"epoll\"), \"kqueue\" or \"io_uring\"");
    }
    synchronized (LOOPS) {
      if (get(eventLoop) == null) {
        LOOPS.put(eventLoop, new WeakReference<>(loop));
      }
    }
    return eventLoop;
  }

  private static @Nullable IOLoop get(EventLoop eventLoop) {
    WeakReference<IOLoop> present = LOOPS.get(eventLoop);
    return present == null ? null : present.get();
  }

  /** Called by the host of a closed loop. */
  static void forget(EventLoop eventLoop) {
    synchronized (LOOPS) {
      LOOPS.remove(eventLoop);
    }
  }
}
