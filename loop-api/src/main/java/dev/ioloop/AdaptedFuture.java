package dev.ioloop;

import dev.ioloop.diagnostics.IdentityKey;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a stage that is not ours. A callback cannot be removed from a stage. So a stage
 * that was waited for in vain keeps this future, and the next wait for the same stage uses it
 * again. A failure that nobody looked at is not reported: the stage belongs to other code, which
 * may have handled the failure there.
 */
final class AdaptedFuture<T extends @Nullable Object> extends Future<T>
    implements BiConsumer<T, @Nullable Throwable> {

  /** Pending futures that nobody waits for any more, by stage. */
  private static final Map<IdentityKey, WeakReference<AdaptedFuture<?>>> SPARE =
      new ConcurrentHashMap<>();

  private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

  /** The adapted stage; null once this future is done. */
  private @Nullable CompletionStage<T> stage;

  /** Whether this future is in {@link #SPARE}; once set, stays set until the future is done. */
  private volatile boolean spare;

  private AdaptedFuture(CompletionStage<T> stage) {
    this.stage = stage;
  }

  /** Returns a future with the outcome of {@code stage}, for waits. Others may wait for it, too. */
  static <T extends @Nullable Object> Future<T> of(CompletionStage<T> stage) {
    Objects.requireNonNull(stage, "stage == null");
    if (!SPARE.isEmpty()) {
      AdaptedFuture<T> known = known(stage);
      if (known != null) {
        return known;
      }
    }
    AdaptedFuture<T> future = new AdaptedFuture<>(stage);
    stage.whenComplete(future);
    return future;
  }

  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object> @Nullable AdaptedFuture<T> known(
      CompletionStage<T> stage) {
    WeakReference<AdaptedFuture<?>> found = SPARE.get(new IdentityKey(stage, null));
    return found == null ? null : (AdaptedFuture<T>) found.get();
  }

  /** Called when a callback was removed: keeps this future for the next wait. */
  void spare() {
    CompletionStage<T> ofThis = stage;
    if (spare || ofThis == null || isDone()) {
      return;
    }
    for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
      SPARE.remove(gone);
    }
    spare = true;
    SPARE.putIfAbsent(new IdentityKey(ofThis, COLLECTED), new WeakReference<>(this));
    if (isDone()) {
      SPARE.remove(new IdentityKey(ofThis, null));
    }
  }

  /** Called by the stage. */
  @Override
  public void accept(T value, @Nullable Throwable failure) {
    CompletionStage<T> ended = stage;
    stage = null;
    boolean always = !(ended instanceof CompletableFuture);
    endInside(value, failure == null ? null : unwrap(failure, always));
    if (spare && ended != null) {
      SPARE.remove(new IdentityKey(ended, null));
    }
  }

  /**
   * Unwraps an exception that a stage wrapped, but leaves wrappers made by users. The JDK's own
   * wrappers have no message of their own and were created inside the JDK.
   */
  static Throwable unwrap(Throwable failure, boolean always) {
    Throwable inner = failure;
    while ((inner.getClass() == CompletionException.class
            || inner.getClass() == ExecutionException.class)
        && inner.getCause() != null
        && (always || isMadeByJdk(inner))) {
      inner = inner.getCause();
    }
    return inner;
  }

  private static boolean isMadeByJdk(Throwable wrapper) {
    StackTraceElement[] trace = wrapper.getStackTrace();
    return String.valueOf(wrapper.getCause()).equals(wrapper.getMessage())
        && (trace.length == 0 || trace[0].getClassName().startsWith("java.util.concurrent."));
  }
}
