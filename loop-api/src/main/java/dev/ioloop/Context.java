package dev.ioloop;

import dev.ioloop.spi.ThreadLocalCarrier;
import java.util.Arrays;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The values of all {@link ContextVar}s at one moment, and the state that {@link
 * ThreadLocalCarrier}s carry; immutable. The loop captures it for each callback, timeout, handler
 * and coroutine. Use {@link #wrap} to pass it to work that does not go through the loop.
 *
 * <pre>{@code
 * Runnable later = Context.current().wrap(() -> log("done for " + USER.get()));
 * Thread thread = new Thread(later);
 * }</pre>
 *
 * <p>The JDK itself calls the functions of dependent stages, such as those of {@code thenApply}, in
 * the context of the code that completes the future, and that code sees what they set. A done
 * callback and a coroutine have a context of their own.
 *
 * <p>Safe to call from any thread. Tornado: {@code stack_context}; Python: {@code
 * contextvars.Context}.
 */
public final class Context {

  /**
   * The context in which nothing is set. For work that must not inherit the context of the code
   * that starts it.
   */
  public static final Context EMPTY = new Context(new Object[0], null);

  private static final ThreadLocalCarrier[] CARRIERS =
      ServiceLoader.load(ThreadLocalCarrier.class, Context.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toArray(ThreadLocalCarrier[]::new);

  /**
   * Whether there is anything to capture in this process. Until then, contexts cost only a check of
   * this flag.
   */
  static boolean inUse = CARRIERS.length > 0;

  /** Variables and their values, alternating. */
  private final @Nullable Object[] values;

  /** What the carriers captured, in the order of the carriers; null if there are none. */
  private final @Nullable Object @Nullable [] carried;

  private Context(@Nullable Object[] values, @Nullable Object @Nullable [] carried) {
    this.values = values;
    this.carried = carried;
  }

  /** Returns the context of the calling code. */
  public static Context current() {
    Context captured = capture(ThreadState.get());
    return captured == null ? EMPTY : captured;
  }

  /** Returns a callback that runs {@code callback} in this context, wherever it is called. */
  public Runnable wrap(Runnable callback) {
    return new InContext(this, Objects.requireNonNull(callback, "callback == null"));
  }

  /** Calls {@code body} in this context, then restores the present one. */
  public <T extends @Nullable Object> T call(Callable<T> body) throws Exception {
    ThreadState state = ThreadState.get();
    Context outer = swap(state, this);
    try {
      return body.call();
    } finally {
      swap(ThreadState.get(), outer);
    }
  }

  @Nullable Object get(ContextVar<?> variable, @Nullable Object initial) {
    for (int i = 0; i < values.length; i += 2) {
      if (values[i] == variable) {
        return values[i + 1];
      }
    }
    return initial;
  }

  Context with(ContextVar<?> variable, @Nullable Object value) {
    int at = 0;
    while (at < values.length && values[at] != variable) {
      at += 2;
    }
    @Nullable Object[] changed = Arrays.copyOf(values, Math.max(values.length, at + 2));
    changed[at] = variable;
    changed[at + 1] = value;
    return new Context(changed, carried);
  }

  /** A callback with the context in which it was added. */
  record InContext(Context context, Runnable callback) implements Runnable {
    @Override
    public void run() {
      ThreadState state = ThreadState.get();
      Context outer = swap(state, context);
      try {
        callback.run();
      } finally {
        swap(ThreadState.get(), outer);
      }
    }
  }

  /**
   * Returns {@code callback} with the context of the calling code, if there is anything to capture.
   */
  static Runnable captured(Runnable callback) {
    Context context = capture(ThreadState.get());
    return context == null ? callback : new InContext(context, callback);
  }

  /** Same as {@link #captured(Runnable)}, for handlers. */
  static IOHandler captured(IOHandler handler) {
    Context context = capture(ThreadState.get());
    return context == null
        ? handler
        : events ->
            context.call(
                () -> {
                  handler.handle(events);
                  return null;
                });
  }

  /** Returns the context of the thread with this state; null if nothing was set. */
  static @Nullable Context capture(ThreadState state) {
    Context present = state.context;
    if (CARRIERS.length == 0) {
      return present;
    }
    @Nullable Object[] carried = new Object[CARRIERS.length];
    for (int i = 0; i < carried.length; i++) {
      carried[i] = CARRIERS[i].capture();
    }
    return new Context(present == null ? EMPTY.values : present.values, carried);
  }

  /** Makes {@code next} the context of the calling thread, and returns the previous one. */
  static @Nullable Context swap(ThreadState state, @Nullable Context next) {
    Context outer = capture(state);
    state.context = next;
    for (int i = 0; i < CARRIERS.length; i++) {
      CARRIERS[i].restore(next == null || next.carried == null ? null : next.carried[i]);
    }
    return outer;
  }
}
