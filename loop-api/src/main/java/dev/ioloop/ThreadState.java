package dev.ioloop;

import org.jspecify.annotations.Nullable;

/** What one thread is doing as far as loops and coroutines are concerned. */
final class ThreadState {
  private static final ThreadLocal<ThreadState> STATES = ThreadLocal.withInitial(ThreadState::new);

  /** The loop that {@link IOLoop#current()} gives on this thread. */
  @Nullable IOLoop current;

  /** The loop whose {@link IOLoop#start} is below on this thread's stack. */
  @Nullable IOLoop running;

  /** The innermost coroutine or generator that runs on this thread. */
  @Nullable Fiber fiber;

  private ThreadState() {}

  static ThreadState get() {
    return STATES.get();
  }
}
