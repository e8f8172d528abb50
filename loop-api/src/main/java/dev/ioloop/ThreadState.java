package dev.ioloop;

import dev.ioloop.fiber.Carrier;
import dev.ioloop.fiber.Fiber;
import org.jspecify.annotations.Nullable;

/** What one thread is doing, as far as loops and coroutines are concerned. */
final class ThreadState extends Carrier {
  private static final ThreadLocal<ThreadState> STATES = ThreadLocal.withInitial(ThreadState::new);

  /** The loop that {@link IOLoop#current()} returns on this thread. */
  @Nullable IOLoop current;

  /** The loop whose {@link IOLoop#start} is on this thread's stack. */
  @Nullable IOLoop running;

  /** The context of the code that runs on this thread; null if nothing was set. */
  @Nullable Context context;

  /** The future whose next dependent is our own and does not count as a look at the outcome. */
  @Nullable Future<?> unlooked;

  /** The completions that the JDK is reporting on this thread. */
  @Nullable NestedCompletions completions;

  private ThreadState() {}

  static ThreadState get() {
    return STATES.get();
  }

  /** Returns the body on the innermost fiber of the calling thread, or null outside fibers. */
  static @Nullable AwaitingBody presentBody() {
    Fiber fiber = get().fiber();
    return fiber == null ? null : (AwaitingBody) fiber.body();
  }

  @Override
  protected ThreadState ofThisThread() {
    return get();
  }

  // With the thread engine, the context is passed along at each hand-off.

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
