package dev.ioloop;

import dev.ioloop.diagnostics.MonitorCheck;
import dev.ioloop.diagnostics.Plumbing;
import dev.ioloop.fiber.Fiber;
import dev.ioloop.fiber.Fibers;
import dev.ioloop.fiber.Sneaky;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A body that yields values one by one and is suspended in between, like Python's generators. It
 * needs no loop. If a coroutine drives it, its body may await.
 *
 * <pre>{@code
 * Generator<Integer, Void, Void> squares =
 *     Generator.of(
 *         g -> {
 *           for (int i = 0; i < 4; i++) {
 *             g.yield(i * i);
 *           }
 *           return null;
 *         });
 * squares.forEachRemaining(System.out::println);
 * }</pre>
 *
 * <p>Any thread may drive it, one at a time. Close a generator that is abandoned before its end:
 * with the thread engine it holds a thread. Tornado: Python's own generators.
 *
 * @param <Y> the type of the values that the body yields
 * @param <S> the type of the values that are sent to the body
 * @param <R> the type of the value that the body returns
 */
@Plumbing
public final class Generator<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    implements Iterator<Y>, AutoCloseable {

  /** The body of a generator. */
  @FunctionalInterface
  public interface Body<
      Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {

    /** Runs the body, which calls {@link Generator#yield} on {@code generator}. */
    R run(Generator<Y, S, R> generator) throws Exception;
  }

  /**
   * The part of a generator that its fiber runs. A class of its own, so that its methods are not
   * visible to users.
   */
  private final class Steps implements AwaitingBody {
    @Override
    public void runBody() {
      try {
        result = body.run(Generator.this);
      } catch (Throwable e) {
        failure = e;
      }
    }

    @Override
    public <T extends @Nullable Object> T await(Future<T> future) {
      if (!future.isDone() || future == Gen.moment) {
        waitFor(future);
      } else {
        Throwable failure = future.isCompletedExceptionally() ? future.exception() : null;
        if (failure != null) {
          AwaitTrace.attach(failure, Generator.this);
        }
      }
      return future.take();
    }

    @Override
    public void waitFor(Future<?> future) {
      if (MonitorCheck.ENABLED) {
        MonitorCheck.check();
      }
      awaited = future;
      suspend();
    }

    @Override
    public String toString() {
      return Generator.this.toString();
    }
  }

  private enum State {
    NEW,
    SUSPENDED,
    RUNNING,
    /** Suspended after {@link #hasNext} ran the body ahead; its value has not been fetched yet. */
    AHEAD,
    ENDED
  }

  private final Body<Y, S, R> body;
  private final Fiber fiber;
  private State state = State.NEW;
  private @Nullable Y yielded;
  private @Nullable S sent;

  /** The exception to throw in the body when it is resumed. */
  private @Nullable Throwable thrown;

  /** The future that the body awaits, and that the driver must wait for. */
  private @Nullable Future<?> awaited;

  @SuppressWarnings("NullAway.Init") // Set when the body returns, and read only after that.
  private R result;

  private @Nullable Throwable failure;

  /** The exception that {@link #close} raised in the body. */
  private @Nullable CancellationException closing;

  private Generator(Body<Y, S, R> body) {
    this.body = body;
    this.fiber = Fibers.create(new Steps());
  }

  /** Creates a generator. Its body starts at the first {@link #next}. */
  public static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Generator<Y, S, R> of(Body<Y, S, R> body) {
    return new Generator<>(Objects.requireNonNull(body, "body == null"));
  }

  /**
   * Passes {@code value} to the code that drives this generator, and waits for the next {@link
   * #next}, {@link #send} or {@link #raise}. Only the body may call this, as {@code g.yield(..)}.
   *
   * @return the value that was sent; null after {@link #next}
   * @throws IllegalStateException if called from anywhere else
   */
  @SuppressWarnings("NullAway") // Null only if null was sent or next() was called.
  public S yield(Y value) {
    if (state != State.RUNNING || ThreadState.get().fiber() != fiber) {
      throw new IllegalStateException(
          "yield() outside the body of its generator; call it where the body itself runs");
    }
    yielded = value;
    suspend();
    S received = sent;
    sent = null;
    return received;
  }

  private void suspend() {
    fiber.suspend();
    if (thrown != null) {
      Throwable raised = thrown;
      thrown = null;
      throw Sneaky.raise(raised);
    }
  }

  /**
   * Returns whether there is another value. To find out, it runs the body ahead to its next value.
   * An exception that the body throws meanwhile is thrown here, once.
   *
   * @throws IllegalStateException if called by the body itself
   */
  @Override
  public boolean hasNext() {
    if (state == State.NEW || state == State.SUSPENDED) {
      step(null, null);
      if (state != State.ENDED) {
        state = State.AHEAD;
      } else if (failure != null && failure != closing) {
        throw Sneaky.raise(failure);
      }
    }
    checkNotRunning();
    return state == State.AHEAD;
  }

  /**
   * Runs the body to its next value and returns that value.
   *
   * @throws NoSuchElementException if the body has ended, or ends without another value
   */
  @Override
  public Y next() {
    if (state == State.AHEAD) {
      state = State.SUSPENDED;
      return takeYielded();
    }
    return proceed(null, null);
  }

  /**
   * Makes the present {@link #yield} return {@code value}, runs the body to its next value and
   * returns that value.
   *
   * @throws IllegalStateException if the body is not at a yield, or if {@link #hasNext} ran it
   *     ahead
   * @throws NoSuchElementException if the body has ended, or ends without another value
   */
  public Y send(@Nullable S value) {
    if (state == State.NEW && value != null) {
      throw new IllegalStateException(
          "send() of a value to a generator that has not started; call next() first");
    }
    checkNotAhead("send()");
    return proceed(value, null);
  }

  /**
   * Makes the present {@link #yield} throw {@code exception}, runs the body to its next value and
   * returns that value. A generator that has not started or has ended throws the exception at once.
   *
   * @throws IllegalStateException if {@link #hasNext} ran the body ahead
   * @throws NoSuchElementException if the body ends without another value
   */
  public Y raise(Throwable exception) {
    Objects.requireNonNull(exception, "exception == null");
    checkNotAhead("raise()");
    if (state == State.NEW) {
      state = State.ENDED;
      failure = exception;
    }
    if (state == State.ENDED) {
      throw Sneaky.raise(exception);
    }
    return proceed(null, exception);
  }

  private void checkNotAhead(String call) {
    if (state == State.AHEAD) {
      throw new IllegalStateException(
          call + " after hasNext() ran the body ahead; fetch that value with next() first");
    }
  }

  private void checkNotRunning() {
    if (state == State.RUNNING) {
      throw new IllegalStateException("the generator is already running; its body cannot drive it");
    }
  }

  /**
   * Returns what the body returned, or throws what the body threw.
   *
   * @throws IllegalStateException if the body has not ended
   */
  public R result() {
    if (state != State.ENDED) {
      throw new IllegalStateException("result() of a generator that has not ended");
    }
    if (failure != null) {
      throw Sneaky.raise(failure);
    }
    return result;
  }

  /**
   * Ends the generator: raises a {@link CancellationException} at its yield, so that {@code
   * finally} blocks run. Does nothing if the generator has ended.
   *
   * @throws IllegalStateException if the body yields again
   */
  @Override
  public void close() {
    checkNotRunning();
    if (state == State.ENDED) {
      return;
    }
    closing = new CancellationException("the generator was closed");
    if (state == State.NEW) {
      state = State.ENDED;
      failure = closing;
      return;
    }
    step(null, closing);
    if (state != State.ENDED) {
      throw new IllegalStateException("the generator yielded although it was closed");
    }
    if (failure != null && failure != closing) {
      throw Sneaky.raise(failure);
    }
  }

  private Y proceed(@Nullable S value, @Nullable Throwable exception) {
    if (state == State.ENDED) {
      throw new NoSuchElementException("the generator has ended");
    }
    step(value, exception);
    if (state != State.ENDED) {
      return takeYielded();
    }
    if (failure != null) {
      throw Sneaky.raise(failure);
    }
    throw new NoSuchElementException("the generator has ended");
  }

  @SuppressWarnings("NullAway") // The body has yielded a Y.
  private Y takeYielded() {
    Y value = yielded;
    yielded = null;
    return value;
  }

  /** Runs the body to its next yield or its end, and waits for what the body awaits in between. */
  private void step(@Nullable S value, @Nullable Throwable exception) {
    checkNotRunning();
    ThreadState driver = ThreadState.get();
    fiber.prepareInside(driver);
    sent = value;
    thrown = exception;
    state = State.RUNNING;
    fiber.resume(driver);
    while (awaited != null) {
      Future<?> future = awaited;
      awaited = null;
      waitInDriver(future);
      fiber.resume(ThreadState.get());
    }
    if (fiber.ended()) {
      end();
    } else {
      state = State.SUSPENDED;
    }
  }

  /** Makes the coroutine that drives this generator wait for what the body awaits. */
  private void waitInDriver(Future<?> future) {
    AwaitingBody driver = ThreadState.presentBody();
    if (driver == null) {
      thrown =
          new IllegalStateException(
              "await() in a generator that no coroutine drives; drive it inside coroutine(..)");
      return;
    }
    try {
      driver.waitFor(future);
    } catch (Throwable e) {
      thrown = e;
      return;
    }
    if (future.isCompletedExceptionally()) {
      Throwable failure = future.exception();
      if (failure != null) {
        AwaitTrace.attach(failure, this, fiber.stackTrace());
        AwaitTrace.attach(failure, driver);
      }
    }
  }

  private void end() {
    state = State.ENDED;
    if (fiber.isReusable()) {
      fiber.discard();
    }
  }

  @Override
  public String toString() {
    return Bodies.describe("generator", body);
  }
}
