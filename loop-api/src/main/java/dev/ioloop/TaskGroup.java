package dev.ioloop;

import static dev.ioloop.Gen.await;
import static dev.ioloop.Gen.coroutine;

import dev.ioloop.diagnostics.Plumbing;
import dev.ioloop.fiber.Sneaky;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines that end together: none of them outlives the group, and the first that fails cancels
 * the others.
 *
 * <pre>{@code
 * int sum =
 *     TaskGroup.run(
 *         group -> {
 *           Future<Integer> a = group.start(() -> fetch("a"));
 *           Future<Integer> b = group.start(() -> fetch("bb"));
 *           return await(a) + await(b);
 *         });
 * }</pre>
 *
 * <p>Prefer {@link #run}: there a failing child also cancels the body, and a failing body cancels
 * the children. A group in a try statement waits for its children, but cannot know how its block
 * ended. A child whose future is cancelled from elsewhere has ended; it has not failed.
 *
 * <p>Call from inside a coroutine only; {@link #start} and {@link #cancel} may be called anywhere
 * on the loop's thread. Tornado has no counterpart; asyncio: {@code TaskGroup}.
 */
@Plumbing
public final class TaskGroup implements AutoCloseable {

  /** The body of {@link TaskGroup#run}. */
  @FunctionalInterface
  public interface Scope<T extends @Nullable Object> {

    /** Runs the body, which starts children in {@code group}. */
    T call(TaskGroup group) throws Exception;
  }

  /** The body of {@link #run}, as the body of a coroutine. */
  private record OfScope<T extends @Nullable Object>(Scope<T> body, TaskGroup group)
      implements Callable<T>, Bodies.Wrapper {
    @Override
    public T call() throws Exception {
      return body.call(group);
    }
  }

  private final Set<Future<?>> children = new LinkedHashSet<>();

  /** The body of {@link #run}. It ends with the group, but the group does not wait for it. */
  private @Nullable Future<?> body;

  private @Nullable Throwable failure;
  private boolean cancelled;
  private boolean closed;

  /** Completed when there are no children any more; null while nobody waits for that. */
  private @Nullable Future<@Nullable Void> idle;

  /** Creates an empty group. */
  public TaskGroup() {}

  /**
   * Runs {@code body} with a group, waits for all children, and returns the body's result. If a
   * child fails, the other children and the body are cancelled, and the child's failure is thrown,
   * with those of the others as suppressed exceptions. If the body fails or is cancelled, the
   * children are cancelled, and the body's own exception is thrown.
   */
  @SuppressWarnings("NullAway") // If there is no result, close() throws.
  public static <T extends @Nullable Object> T run(Scope<T> body) {
    Objects.requireNonNull(body, "body == null");
    TaskGroup group = new TaskGroup();
    Future<T> outcome = coroutine(new OfScope<>(body, group));
    group.body = outcome;
    if (group.failure != null) {
      outcome.cancel(true);
    }
    T result = null;
    try {
      result = await(outcome);
    } catch (Throwable e) {
      group.bodyFailed(e);
    }
    group.close();
    return result;
  }

  /**
   * Runs all {@code bodies} at the same time and returns the result of the first that succeeds. The
   * others are cancelled and waited for. If all fail, throws the first failure, with the others as
   * suppressed exceptions.
   *
   * @throws NoSuchElementException if there are no bodies
   */
  public static <T extends @Nullable Object> T anySuccessful(
      Collection<? extends Callable<T>> bodies) {
    if (bodies.isEmpty()) {
      throw new NoSuchElementException("anySuccessful() of no bodies");
    }
    List<T> results = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try (TaskGroup group = new TaskGroup()) {
      for (Callable<T> body : bodies) {
        if (!results.isEmpty()) {
          break;
        }
        group.start(
            () -> {
              try {
                results.add(body.call());
                group.cancel();
              } catch (CancellationException e) {
                throw e;
              } catch (Throwable e) {
                IOLoop.rethrowFatal(e);
                failures.add(e);
              }
            });
      }
    }
    if (!results.isEmpty()) {
      return results.get(0);
    }
    if (failures.isEmpty()) {
      throw new CancellationException("all bodies of anySuccessful() were cancelled");
    }
    Throwable first = failures.remove(0);
    failures.forEach(other -> suppress(first, other));
    throw Sneaky.raise(first);
  }

  /**
   * Starts a child; its first segment runs before this method returns. The value that the body
   * returns is the result, even if it is a future: to make the group wait for that future, await it
   * in the body.
   *
   * @throws CancellationException if the group was cancelled, or a child has failed
   * @throws IllegalStateException if the group is closed
   */
  public <T extends @Nullable Object> Future<T> start(Callable<T> body) {
    Objects.requireNonNull(body, "body == null");
    if (closed) {
      throw new IllegalStateException("start() of a group that is closed");
    }
    if (cancelled) {
      throw new CancellationException("start() of a group that was cancelled");
    }
    Future<T> child = coroutine(body);
    children.add(child);
    child.addDoneCallback(this::ended);
    if (cancelled) {
      child.cancel(true);
    }
    return child;
  }

  /** Same as {@link #start(Callable)}, for a body without a result. */
  public Future<@Nullable Void> start(Action body) {
    return start(Bodies.of(body));
  }

  private void ended(Future<?> child) {
    children.remove(child);
    Throwable failed = child.exception();
    if (failed != null && !child.isCancelled()) {
      fail(failed);
    }
    if (children.isEmpty() && idle != null) {
      Future<@Nullable Void> waited = idle;
      idle = null;
      waited.complete(null);
    }
  }

  private void fail(Throwable failed) {
    if (failure == null) {
      failure = failed;
      cancel();
      if (body != null) {
        body.cancel(true);
      }
    } else {
      suppress(failure, failed);
    }
  }

  /**
   * Called when the body of {@link #run} threw. Its own exception takes precedence over those of
   * the children.
   */
  private void bodyFailed(Throwable failed) {
    if (failure != null && failed instanceof CancellationException) {
      return;
    }
    Throwable ofChild = failure;
    failure = failed;
    if (ofChild != null) {
      suppress(failed, ofChild);
    }
    cancel();
  }

  private static void suppress(Throwable first, Throwable other) {
    if (first != other) {
      first.addSuppressed(other);
    }
  }

  /**
   * Waits until all children have ended, including those started meanwhile. If one has failed,
   * throws its failure, once: a later {@code join} or {@link #close} does not throw it again. If
   * the waiting coroutine is cancelled, cancels the children and waits for them before throwing.
   */
  public void join() {
    CancellationException interrupted = null;
    while (!children.isEmpty()) {
      if (idle == null) {
        idle = new JoinFuture<>(children);
      }
      try {
        await(idle);
      } catch (CancellationException e) {
        interrupted = failure == null ? e : interrupted;
        cancel();
      }
    }
    Throwable failed = failure;
    failure = null;
    if (interrupted != null) {
      if (failed != null) {
        suppress(interrupted, failed);
      }
      throw interrupted;
    }
    if (failed != null) {
      throw Sneaky.raise(failed);
    }
  }

  /** Cancels all children and allows no new ones. Does not wait: see {@link #join}. */
  public void cancel() {
    cancelled = true;
    for (Future<?> child : List.copyOf(children)) {
      child.cancel(true);
    }
  }

  /** Waits like {@link #join}, and allows no new children afterwards. */
  @Override
  public void close() {
    try {
      join();
    } finally {
      closed = true;
    }
  }

  @Override
  public String toString() {
    String state = closed ? "closed" : cancelled ? "cancelled" : "open";
    return "TaskGroup[" + state + ", children=" + children.size() + "]";
  }
}
