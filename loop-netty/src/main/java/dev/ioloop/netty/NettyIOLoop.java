package dev.ioloop.netty;

import dev.ioloop.IOLoop;
import io.netty.channel.EventLoop;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The door between an {@link IOLoop} and Netty, in both directions: the IOLoop of an event loop
 * that is there already, and the event loop under an IOLoop.
 *
 * <p>{@link #of} is for a server that runs on Netty. Its handlers use coroutines, timers, locks and
 * queues on the event loop that they are on; see {@link CoroutineHandler}.
 *
 * <p>{@link #eventLoop} is for a program that runs an IOLoop of a native backend. Such a loop
 * drives a Netty event loop; a Netty channel registered on that one is served by the IOLoop's
 * thread, between its callbacks and its handlers.
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

  /** Weak on both sides: an IOLoop knows its event loop, and its host's thread knows the IOLoop. */
  private static final Map<EventLoop, WeakReference<IOLoop>> LOOPS = new WeakHashMap<>();

  private NettyIOLoop() {}

  /**
   * Returns the one IOLoop of a running event loop, which is made at the first call. It is the
   * current one of the event loop's thread from then on: {@link IOLoop#current()} in handlers finds
   * it. The event loop runs the IOLoop's callbacks among its own tasks, a bounded number at a time,
   * and in the order that the IOLoop promises.
   *
   * <p>All kinds of event loops will do: {@code MultiThreadIoEventLoopGroup} on epoll, kqueue,
   * io_uring or NIO, the older {@code NioEventLoopGroup} and its like, {@code DefaultEventLoop},
   * and that of an {@code EmbeddedChannel}, whose clock is the IOLoop's then. The event loop under
   * an IOLoop gives that IOLoop.
   *
   * <p>{@code start}, {@code stop} and {@code runSync} of such a loop throw {@link
   * IllegalStateException}, because it runs already. {@link IOLoop#close} returns at once; the
   * event loop stays, and its IOLoop is detached when the coroutines have ended, one second later
   * at most. Until then this method still returns it. When the event loop is shut down, the IOLoop
   * is closed too: the event loop's thread waits for the coroutines, one second at most, and serves
   * no channel meanwhile. Callbacks added later are dropped silently.
   *
   * <p>{@code addHandler} takes channels, which a companion thread watches; streams on such a loop
   * are therefore slower than Netty's own channels.
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
   * Returns the Netty event loop under {@code loop}. On an IOLoop that {@link #of} gave it is that
   * one's. Else it is there to register channels of its transport on: {@code Epoll…Channel} for the
   * backend {@code epoll}, {@code KQueue…Channel} for {@code kqueue}, {@code IoUring…Channel} for
   * {@code io_uring}. What is registered or executed before the loop's first start waits for it;
   * the event loop ends with the IOLoop, and to shut it down is not the caller's.
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

  /** Called by the host of a loop that was closed. */
  static void forget(EventLoop eventLoop) {
    synchronized (LOOPS) {
      LOOPS.remove(eventLoop);
    }
  }
}
