package dev.ioloop;

import dev.ioloop.fiber.Carrier;
import dev.ioloop.fiber.Fiber;
import org.jspecify.annotations.Nullable;

/** What one thread is doing as far as loops and coroutines are concerned. */
final class ThreadState extends Carrier {
  private static final ThreadLocal<ThreadState> STATES = ThreadLocal.withInitial(ThreadState::new);

  /** The loop that {@link IOLoop#current()} gives on this thread. */
  @Nullable IOLoop current;

  /** The loop whose {@link IOLoop#start} is below on this thread's stack. */
  @Nullable IOLoop running;

  /** The context of the code that runs on this thread; null where nothing was set. */
  @Nullable Context context;

  /** The future whose next dependent is our own and does not look at the outcome. */
  @Nullable Future<?> unlooked;

  /** The ends of futures that the JDK tells this thread of at present. */
  @Nullable Endings endings;

  private ThreadState() {}

  static ThreadState get() {
    return STATES.get();
  }

  /** Returns what runs on the innermost fiber of the calling thread, or null outside of fibers. */
  static @Nullable AwaitingBody presentBody() {
    Fiber fiber = get().fiber();
    return fiber == null ? null : (AwaitingBody) fiber.body();
  }

  @Override
  protected ThreadState ofThisThread() {
    return get();
  }

  // The context of a coroutine on a thread of its own goes along with the turn.

  @Override
  protected @Nullable Object baggage() {
    return Context.inUse ? Context.capture(this) : null;
  }

  @Override
  protected void restore(@Nullable Object baggage) {
    if (Context.inUse) {
      Context.swap(this, (Context) baggage);
    }
  }

  @Override
  protected void takePlace(Carrier from, Thread thread, @Nullable Object baggage) {
    ThreadState before = (ThreadState) from;
    current = before.current;
    running = before.running;
    restore(baggage);
    if (current != null) {
      current.moveOwner(thread, Thread.currentThread(), this);
    }
  }

  @Override
  protected @Nullable Object givePlace(Carrier to, Thread thread) {
    Context handed = Context.inUse ? Context.swap(this, null) : null;
    ThreadState after = (ThreadState) to;
    if (after.current != null) {
      after.current.moveOwner(Thread.currentThread(), thread, after);
    }
    return handed;
  }
}
