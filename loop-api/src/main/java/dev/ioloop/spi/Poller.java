package dev.ioloop.spi;

import java.nio.channels.SelectableChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for channels to become ready on behalf of one loop, and keeps the loop's clock.
 *
 * <p>The loop owns the order of events; a poller only translates. It MUST be level-triggered. It
 * MUST NOT run anything but ready handlers (and the tasks of the library it wraps) inside {@link
 * #poll}. It MUST round waits up, because a poller that returns early makes the loop spin until its
 * timer is due.
 *
 * <p>Until {@link #bind} the methods may be called from any one thread at a time; after it only
 * from the bound thread. {@link #wakeup} may be called from any thread at any time, and {@link
 * #close} from any thread while no {@link #poll} is running.
 */
public interface Poller extends AutoCloseable {

  /**
   * Returns the loop's clock in nanoseconds: monotonic, with an arbitrary origin; it may overflow.
   */
  default long nanoTime() {
    return System.nanoTime();
  }

  /** Makes the calling thread the one that polls. Called once, before the first {@link #poll}. */
  default void bind() {}

  /**
   * Waits until a channel is ready, {@link #wakeup} is called or {@code timeoutNanos} have passed,
   * then calls the handlers of all ready channels.
   *
   * @param timeoutNanos zero to return at once, {@link Long#MAX_VALUE} to wait without limit; never
   *     negative
   * @return how many events were found: ready handlers, or tasks of a library that runs on this
   *     poller. A wake-up and a timeout do not count
   */
  int poll(long timeoutNanos);

  /**
   * Returns whether a {@link #poll} of zero may find events a moment after one that found none, so
   * that polling again for some microseconds can be better than waiting. False for a clock that
   * stands still between polls.
   */
  default boolean mayBusyPoll() {
    return false;
  }

  /**
   * Makes the waiting {@link #poll} return at once, or else the next one that would wait. A wake-up
   * is remembered until a poll has seen it. Safe to call from any thread, and after {@link #close}.
   */
  void wakeup();

  /**
   * Watches a non-blocking channel, which must not be watched already.
   *
   * @param events a combination of {@code IOLoop.READ}, {@code WRITE} and {@code ERROR}; zero
   *     watches nothing until {@link Registration#update}
   * @throws IllegalArgumentException if the channel cannot be watched for these events; the message
   *     says why
   */
  Registration register(SelectableChannel channel, int events, ReadyHandler handler);

  /**
   * Watches a file descriptor, which must not be watched already.
   *
   * @throws UnsupportedOperationException if this poller does not support file descriptors
   * @throws IllegalArgumentException if the descriptor cannot be watched; the message says why
   */
  Registration register(int fd, int events, ReadyHandler handler);

  /**
   * Creates the factory for the sockets of this poller's streams; the loop calls this once. The
   * default uses JDK channels and {@link #register(SelectableChannel, int, ReadyHandler)}.
   */
  default StreamSockets sockets() {
    return new ChannelSockets(this);
  }

  /** Returns the object of another library that this poller drives, or null if there is none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }

  /**
   * Returns whether the loop's thread is waiting in {@link #poll}, judged by its stack; the
   * watchdog reports a loop that is not. The watchdog asks only if the thread has been in {@link
   * #poll} for longer than its limit and none of the loop's own handlers is on the stack. So the
   * default, true, suits a poller that runs nothing else. A poller on top of a library that calls
   * handlers of its own must tell the library's frames from those of handlers.
   *
   * <p>Called on the watchdog's thread.
   *
   * @param frames the frames from the thread's current method out to {@link #poll}, innermost first
   */
  default boolean waits(List<StackTraceElement> frames) {
    return true;
  }

  /** Releases descriptors and threads. Registered channels stay open. */
  @Override
  void close();
}
