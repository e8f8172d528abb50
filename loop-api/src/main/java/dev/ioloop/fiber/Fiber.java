package dev.ioloop.fiber;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A separate stack for a body, so that the body can be left in the middle and entered again there.
 * Coroutines and generators are built on it. Its subclasses are the two coroutine engines.
 *
 * <p>A fiber whose body has ended can be reused with {@link #reset}.
 */
public abstract class Fiber {

  /** The code that runs on a fiber. */
  public interface Body {

    /** Runs to the end, on the fiber. Must not throw. */
    void runBody();
  }

  private @Nullable Body body;

  public Fiber(Body body) {
    this.body = body;
  }

  /** Returns the body, or null once it has ended. */
  public final @Nullable Body body() {
    return body;
  }

  public final boolean ended() {
    return body == null;
  }

  /** Gives another body to a fiber whose body has ended. */
  public final void reset(Body next) {
    body = next;
  }

  /** Runs the present body. Called on the fiber, by its coroutine engine. */
  public final void runBody() {
    try {
      Objects.requireNonNull(body).runBody();
    } finally {
      body = null;
    }
  }

  /**
   * Must be called before {@link #resume} if there are frames below that are not the loop's own.
   * These may hold monitors, and there may be too many fibers.
   *
   * @param caller the carrier of the calling thread
   * @throws StackOverflowError if fibers are nested too deeply
   */
  public abstract void prepareInside(Carrier caller);

  /**
   * Runs the body until it suspends or ends. Must not be called by the body itself.
   *
   * @param caller the carrier of the calling thread
   */
  public abstract void resume(Carrier caller);

  /**
   * Leaves the body until the next {@link #resume}. Only on the fiber itself.
   *
   * @throws IllegalStateException if the stack cannot be left here; the message says why
   */
  public abstract void suspend();

  /** Returns the thread that has entered the outermost fiber. Only on the fiber itself. */
  public Thread baseThread() {
    return Thread.currentThread();
  }

  /** Returns the fiber on which this one was resumed, or null. Only on the fiber itself. */
  public abstract @Nullable Fiber outer();

  /** Returns the other threads that wait until this fiber suspends or ends. */
  public List<Thread> waitingThreads() {
    return List.of();
  }

  /** Returns whether a fiber of this engine is worth keeping for another body. */
  public abstract boolean isReusable();

  /**
   * Releases the resources of a fiber whose body has ended. A thread of its own ends soon after.
   */
  public abstract void discard();

  /** Waits until the thread of a discarded fiber has ended. Interrupts are deferred. */
  abstract void awaitEnd();

  /** Returns the stack trace of the suspended body, innermost frame first. */
  public abstract StackTraceElement[] stackTrace();
}
