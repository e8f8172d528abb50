package dev.ioloop.fiber;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stack of its own that a body runs on, so that the body can be left in the middle and entered
 * again there. Coroutines and generators stand on it; its subclasses are the two makes.
 *
 * <p>A fiber whose body has ended can be given another one with {@link #reset}.
 */
public abstract class Fiber {

  /** What runs on a fiber. */
  public interface Body {

    /** Runs to the end, on the fiber, and throws nothing. */
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

  /** Gives another body to a fiber that has ended. */
  public final void reset(Body next) {
    body = next;
  }

  /** Runs the present body. To be called on the fiber, by its make. */
  public final void runBody() {
    try {
      Objects.requireNonNull(body).runBody();
    } finally {
      body = null;
    }
  }

  /**
   * To be called before {@link #resume} where frames that are not the loop's own are below: they
   * may hold monitors, and there may be too many of them.
   *
   * @param caller the carrier of the calling thread
   * @throws StackOverflowError if no fiber can run inside so many others
   */
  public abstract void prepareInside(Carrier caller);

  /**
   * Runs the body until it suspends or ends. Not from within itself.
   *
   * @param caller the carrier of the calling thread
   */
  public abstract void resume(Carrier caller);

  /**
   * Leaves the body, until the next {@link #resume}. Only on the fiber itself.
   *
   * @throws IllegalStateException if the stack cannot be left here, with the reason
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

  /** Returns whether this make is worth keeping for another body. */
  public abstract boolean isReusable();

  /** Ends a fiber whose body has ended, and gives back what it holds. */
  public abstract void discard();

  /** Returns the stack of the body, which is suspended, innermost frame first. */
  public abstract StackTraceElement[] stackTrace();
}
