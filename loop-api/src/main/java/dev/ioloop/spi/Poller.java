package dev.ioloop.spi;

import java.nio.channels.SelectableChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for channels to become ready on behalf of one loop, and keeps the loop's clock.
 *
 * <p>The loop owns the order of events; a poller only translates. It MUST be level-triggered, MUST
 * NOT run anything but ready handlers (and the tasks of the library it wraps) inside {@link #poll},
 * and MUST round waits up: a poller that returns early makes the loop spin until its timer is due.
 *
 * <p>Until {@link #bind} the methods may be called from one thread at a time, whichever; after it
 * from the bound thread only. {@link #wakeup} may be called from any thread at any time, and {@link
 * #close} from any thread while no {@link #poll} is under way.
 */
public interface Poller extends AutoCloseable {

  /** Returns the loop's clock in nanoseconds: monotonic, of arbitrary origin, may overflow. */
  default long nanoTime() {
    return System.nanoTime();
  }

  /** Makes the calling thread the one that polls. Called once, before the first {@link #poll}. */
  default void bind() {}

  /**
   * Waits until a channel is ready, {@link #wakeup} is called or {@code timeoutNanos} have passed,
   * and calls the handlers of all ready channels.
   *
   * @param timeoutNanos zero: do not wait; {@link Long#MAX_VALUE}: wait without limit; never
   *     negative
   * @return how many events were found: ready handlers, or tasks of a library that lives on this
   *     poller. A wake-up and a timeout do not count
   */
  int poll(long timeoutNanos);

  /**
   * Returns whether a {@link #poll} of zero may find, a moment later, what it did not find before,
   * so that asking again for some microseconds can be better than to wait. Not so where time stands
   * still between polls.
   */
  default boolean mayBusyPoll() {
    return false;
  }

  /**
   * Makes the {@link #poll} that is waiting return at once, or the next one that would wait. A
   * wake-up is remembered until a poll has seen it. Safe to call from any thread, and after {@link
   * #close}.
   */
  void wakeup();

  /**
   * Watches a non-blocking channel that is not watched yet.
   *
   * @param events a combination of {@code IOLoop.READ}, {@code WRITE} and {@code ERROR}; zero
   *     watches nothing until {@link Registration#update}
   * @throws IllegalArgumentException if the channel cannot be watched for these events, with the
   *     reason
   */
  Registration register(SelectableChannel channel, int events, ReadyHandler handler);

  /**
   * Watches a file descriptor that is not watched yet. Pollers without file descriptors refuse.
   *
   * @throws UnsupportedOperationException if this poller knows no file descriptors
   * @throws IllegalArgumentException if the descriptor cannot be watched, with the reason
   */
  Registration register(int fd, int events, ReadyHandler handler);

  /**
   * Makes what opens the sockets of this poller's streams; the loop asks once. The default stands
   * on the JDK's channels and {@link #register(SelectableChannel, int, ReadyHandler)}.
   */
  default StreamSockets sockets() {
    return new ChannelSockets(this);
  }

  /** Returns the object of another library that this poller drives, or null where there is none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }

  /**
   * Returns whether the loop's thread waits in {@link #poll}, seen from its stack: the watchdog
   * reports a loop that does not. Asked only if the thread has been there for longer than the
   * watchdog's limit, and none of the loop's own handlers is on its stack; so the default, true,
   * suits a poller that runs nothing else. One on top of a library that calls handlers of its own
   * tells the library's frames from those of handlers.
   *
   * <p>Called on the watchdog's thread.
   *
   * @param frames the innermost first, from where the thread is to {@link #poll}
   */
  default boolean waits(List<StackTraceElement> frames) {
    return true;
  }

  /** Releases descriptors and threads. Registered channels are left open. */
  @Override
  void close();
}
