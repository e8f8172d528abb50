package dev.ioloop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A variable whose value follows the flow of the program through the loop. (A thread-local would be
 * shared by all coroutines.) A value that is set in a coroutine or callback is visible there and in
 * what it starts, and nowhere else.
 *
 * <pre>{@code
 * static final ContextVar<String> USER = new ContextVar<>("user", "nobody");
 *
 * static Future<Void> serve(String user) {
 *   return coroutine(
 *       () -> {
 *         USER.set(user);
 *         await(sleep(Duration.ofMillis(1)));
 *         log("serving " + USER.get()); // whatever other coroutines have set meanwhile
 *       });
 * }
 * }</pre>
 *
 * <p>Safe to call from any thread. Tornado: {@code stack_context}; Python: {@code
 * contextvars.ContextVar}.
 */
public final class ContextVar<T extends @Nullable Object> {
  private final String name;
  private final T initial;

  /**
   * Creates a variable, usually for a static final field.
   *
   * @param initial the value if none was set
   */
  public ContextVar(String name, T initial) {
    this.name = Objects.requireNonNull(name, "name == null");
    this.initial = initial;
  }

  /** Returns the value that was set last in this flow, or the initial one. */
  @SuppressWarnings({"unchecked", "NullAway"}) // Every value that is set is a T.
  public T get() {
    Context context = ThreadState.get().context;
    return context == null ? initial : (T) context.get(this, initial);
  }

  /**
   * Sets the value for the rest of this coroutine or callback, and for everything that it starts.
   */
  public void set(T value) {
    Context.inUse = true;
    ThreadState state = ThreadState.get();
    Context present = state.context == null ? Context.EMPTY : state.context;
    state.context = present.with(this, value);
  }

  @Override
  public String toString() {
    return "ContextVar[" + name + "]";
  }
}
